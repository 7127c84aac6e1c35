import type { Evaluation, Examples } from '@gossamer/core'
import { softmax } from '@gossamer/core/sim'
import type { Network } from './network.ts'
import { batchSize, classes, float, image } from './shapes.ts'

/** The network with some parameters, by their address. */
export interface Lens {
  readonly network: Network
  readonly params: number
}

const pixels = image * image

/** Runs examples through the network and lets `see` look at the logits of each, which begin at element `at` of `floats`. */
function eachExample(
  { network, params }: Lens,
  inputs: Examples['inputs'],
  count: number,
  rowOf: (example: number) => number,
  see: (floats: Float32Array, at: number, example: number) => void,
): void {
  const { memory, room } = network
  const { floats } = memory
  const scale = inputs instanceof Uint8Array ? 255 : 1
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start)
    for (let i = 0; i < size; i++) {
      const to = room.inputs / float + i * pixels
      const from = rowOf(start + i) * pixels
      for (let p = 0; p < pixels; p++) floats[to + p] = (inputs[from + p] ?? 0) / scale
    }
    network.forward(params, size)
    for (let i = 0; i < size; i++) see(floats, room.logits / float + 16 * i, start + i)
  }
}

/** Mean cross-entropy of some rows, with `adjustment` added to the logits as in training; 0 for none. */
export function lossOf(
  lens: Lens,
  { inputs, labels }: Examples,
  rows: Int32Array,
  adjustment: readonly number[],
): number {
  let loss = 0
  const rowOf = (example: number): number => rows[example] ?? 0
  eachExample(lens, inputs, rows.length, rowOf, (floats, at, example) => {
    for (let c = 0; c < classes; c++) floats[at + c] = (floats[at + c] ?? 0) + (adjustment[c] ?? 0)
    loss += softmax(floats, at, classes, labels[rowOf(example)] ?? 0)
  })
  return rows.length === 0 ? 0 : loss / rows.length
}

export function evaluationOf(lens: Lens, { inputs, labels }: Examples): Evaluation {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  let loss = 0
  eachExample(lens, inputs, labels.length, own, (floats, at, example) => {
    const label = labels[example] ?? 0
    const counts = confusion[label]
    const predicted = largestOf(floats, at)
    if (counts !== undefined) counts[predicted] = (counts[predicted] ?? 0) + 1
    loss += softmax(floats, at, classes, label)
  })
  const correct = confusion.map((counts, label) => counts[label] ?? 0)
  return {
    loss: loss / labels.length,
    accuracy: sum(correct) / labels.length,
    perClass: confusion.map((counts, label) => (correct[label] ?? 0) / sum(counts)),
    confusion,
    count: labels.length,
  }
}

export function probabilitiesOf(lens: Lens, inputs: Examples['inputs']): Float32Array {
  const count = inputs.length / pixels
  const result = new Float32Array(count * classes)
  eachExample(lens, inputs, count, own, (floats, at, example) => {
    softmax(floats, at, classes, 0)
    result.set(floats.subarray(at, at + classes), example * classes)
  })
  return result
}

const own = (example: number): number => example

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function largestOf(floats: Float32Array, at: number): number {
  let best = 0
  for (let c = 1; c < classes; c++) if ((floats[at + c] ?? 0) > (floats[at + best] ?? 0)) best = c
  return best
}
