import { elements } from '../params/layout.ts'
import type { Examples } from '../ports.ts'
import { createKernels, type Kernels } from './kernels.ts'

/** Examples of which only the inputs that are not zero are kept, row after row. They never change: any number of trainers share one. */
export interface SparseDataset {
  /** Number of examples. */
  readonly count: number
  /** Inputs of one example. */
  readonly width: number
  /** Where each example's inputs begin, and behind them the end of all: `count + 1` numbers. */
  readonly starts: Uint32Array
  /** Which input each value is. */
  readonly columns: Uint16Array | Uint32Array
  /** Bytes stand for 1/255 of themselves. */
  readonly values: Float32Array | Uint8Array
  readonly labels: Examples['labels']
  /** Where the trainers that share it compute: one WebAssembly memory for all, since a process can only have about a hundred. */
  readonly kernels: Kernels
}

/**
 * Copies the inputs that are not zero; `labels` stays the caller's array. 28 x 28 images of digits shrink to three
 * fifths: 27 MB for 60,000. Throws RangeError where inputs and labels do not fit together.
 */
export function sparseDataset({ inputs, labels, shape }: Examples): SparseDataset {
  const width = elements(shape)
  const count = labels.length
  if (inputs.length !== count * width)
    throw new RangeError(`examples: ${inputs.length} inputs for ${count} examples of ${width}`)
  let size = 0
  for (let i = 0; i < inputs.length; i++) if (inputs[i] !== 0) size++
  const starts = new Uint32Array(count + 1)
  const columns = width <= 0x10000 ? new Uint16Array(size) : new Uint32Array(size)
  const values = inputs instanceof Uint8Array ? new Uint8Array(size) : new Float32Array(size)
  let at = 0
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < width; column++) {
      const value = inputs[row * width + column] ?? 0
      if (value === 0) continue
      columns[at] = column
      values[at++] = value
    }
    starts[row + 1] = at
  }
  return { count, width, starts, columns, values, labels, kernels: createKernels() }
}

/** Memory in which entries, a column and a value each, are written: two views of one buffer. */
export interface EntryMemory {
  readonly floats: Float32Array
  readonly words: Uint32Array
}

const unit = Math.fround(1 / 255)

/** Writes an example of the dataset as entries from element `at` on; how many they are comes back, at most `width`. */
export function writeExample(memory: EntryMemory, at: number, dataset: SparseDataset, row: number): number {
  const { words, floats } = memory
  const { starts, columns, values } = dataset
  const start = starts[row] ?? 0
  const end = starts[row + 1] ?? 0
  const scale = values instanceof Uint8Array ? unit : 1
  for (let from = start, to = at; from < end; from++, to += 2) {
    words[to] = columns[from] ?? 0
    floats[to + 1] = (values[from] ?? 0) * scale
  }
  return end - start
}

/** The same for `width` dense inputs that begin at `start`. */
export function writeInputs(
  memory: EntryMemory,
  at: number,
  inputs: Float32Array | Uint8Array,
  start: number,
  width: number,
): number {
  const { words, floats } = memory
  const scale = inputs instanceof Uint8Array ? unit : 1
  let to = at
  for (let column = 0; column < width; column++) {
    const value = inputs[start + column] ?? 0
    if (value === 0) continue
    words[to] = column
    floats[to + 1] = value * scale
    to += 2
  }
  return (to - at) / 2
}
