/** Turns logits into probabilities in place. Their label's cross-entropy, in nats, comes back. */
export function softmax(logits: Float32Array, at: number, classes: number, label: number): number {
  let largest = Number.NEGATIVE_INFINITY
  for (let i = at; i < at + classes; i++) largest = Math.max(largest, logits[i] ?? 0)
  const ofLabel = (logits[at + label] ?? 0) - largest
  let sum = 0
  for (let i = at; i < at + classes; i++) {
    const power = Math.exp((logits[i] ?? 0) - largest)
    logits[i] = power
    sum += power
  }
  for (let i = at; i < at + classes; i++) logits[i] = (logits[i] ?? 0) / sum
  return Math.log(sum) - ofLabel
}

/** The index, counted from `at`, of the largest of `classes` values; the first of several. */
export function argMax(values: Float32Array, at: number, classes: number): number {
  let best = 0
  for (let i = 1; i < classes; i++) if ((values[at + i] ?? 0) > (values[at + best] ?? 0)) best = i
  return best
}
