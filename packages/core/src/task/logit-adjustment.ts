import type { Examples } from '../ports.ts'
import { classCount, outputCount } from './data.ts'
import type { CompleteTask } from './task.ts'

/** How many of the examples carry each label, `classes` counts. */
export function labelCounts(labels: Examples['labels'], classes: number): readonly number[] {
  const counts = new Array<number>(classes).fill(0)
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1
  return counts
}

/**
 * What is added to the logits in training, one term for each class (Menon et al. 2021, arXiv 2007.07314, from
 * the peer's own label counts): a_c = max(-5, ln((n_c + 0.5) / (sum n + 0.5 C))). The floor keeps peers that
 * lack classes altogether learning what tells the groups of classes apart.
 */
export function logitAdjustment(counts: readonly number[]): Float32Array {
  const total = counts.reduce((sum, count) => sum + count, 0) + 0.5 * counts.length
  return Float32Array.from(counts, (count) => Math.max(-5, Math.log((count + 0.5) / total)))
}

/** What a task adds to the logits of a peer with these labels, in training and in the guard's probe: zeros where it says so. */
export const adjustmentFor = (
  { training, data }: Pick<CompleteTask, 'training' | 'data'>,
  labels: Examples['labels'],
): Float32Array =>
  training.logitAdjustment
    ? logitAdjustment(labelCounts(labels, classCount(data)))
    : new Float32Array(outputCount(data))
