import { classes } from './shapes.ts'

/** Turns the logits from element `at` on into probabilities in place. Their label's cross-entropy, in nats, comes back. */
export function softmax(logits: Float32Array, at: number, label: number): number {
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
