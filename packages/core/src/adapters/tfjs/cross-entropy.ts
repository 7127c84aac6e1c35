/** Cross-entropy of one row of logits in nats, computed without overflow: ln sum exp(z - z_max) + z_max - z_label. */
export function crossEntropy(logits: Float32Array, start: number, classes: number, label: number): number {
  let largest = Number.NEGATIVE_INFINITY
  for (let c = 0; c < classes; c++) largest = Math.max(largest, logits[start + c] ?? 0)
  let sum = 0
  for (let c = 0; c < classes; c++) sum += Math.exp((logits[start + c] ?? 0) - largest)
  return Math.log(sum) + largest - (logits[start + label] ?? 0)
}

/** Class probabilities of every row, in place. */
export function softmaxRows(logits: Float32Array, classes: number): Float32Array {
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes)
    const largest = row.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY)
    let sum = 0
    for (let c = 0; c < classes; c++) {
      const power = Math.exp((row[c] ?? 0) - largest)
      row[c] = power
      sum += power
    }
    for (let c = 0; c < classes; c++) row[c] = (row[c] ?? 0) / sum
  }
  return logits
}
