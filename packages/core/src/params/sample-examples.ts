import { shuffle } from '../lib/random.ts'
import type { Examples, Random } from '../ports.ts'
import { elements } from './layout.ts'

/**
 * Examples that a probe is over, at most. Merges are judged as well by them as by 64, also where a quarter of the peers are
 * bad, and what judging costs is half (docs/benchmarks.md).
 */
export const probeExamples = 32

/** A random part of the examples, at most `count`, in random order; copies what it takes. */
export function sampleExamples(examples: Examples, count: number, random: Random): Examples {
  const { inputs, labels, shape } = examples
  const size = elements(shape)
  const chosen = shuffle(
    Array.from({ length: labels.length }, (_, i) => i),
    random,
  ).slice(0, count)
  const some =
    inputs instanceof Uint8Array
      ? new Uint8Array(chosen.length * size)
      : new Float32Array(chosen.length * size)
  chosen.forEach((from, to) => {
    some.set(inputs.subarray(from * size, (from + 1) * size), to * size)
  })
  return { inputs: some, labels: labelsAt(labels, chosen), shape }
}

/** A copy of the labels of those rows; numbers stay as exact as they are. */
export const labelsAt = (
  labels: Examples['labels'],
  rows: Int32Array | readonly number[],
): Int32Array | Float32Array => {
  const label = (row: number): number => labels[row] ?? 0
  return labels instanceof Float32Array ? Float32Array.from(rows, label) : Int32Array.from(rows, label)
}

/** The first examples, at most `count`, as views of the same arrays. */
export const firstExamples = ({ inputs, labels, shape }: Examples, count: number): Examples => ({
  inputs: inputs.subarray(0, count * elements(shape)),
  labels: labels.subarray(0, count),
  shape,
})
