import { elements } from '../params/layout.ts'
import type { Examples } from '../ports.ts'
import { createKernels, type Kernels } from './kernels.ts'

/**
 * Examples of which only the inputs that are not zero are kept, an entry each, row after row, in the kernels' memory.
 * They never change: any number of trainers share one.
 */
export interface SparseDataset {
  /** Number of examples. */
  readonly count: number
  /** Inputs of one example. */
  readonly width: number
  /** How many entries are before each example's, and behind them in all: `count + 1` numbers. The last of each example is the bias. */
  readonly starts: Uint32Array
  /** Where the first entry is, in bytes. */
  readonly address: number
  readonly labels: Examples['labels']
  /** Where the trainers that share it compute: one WebAssembly memory for all, since a process can only have about a hundred. */
  readonly kernels: Kernels
}

/** A column and a value. */
const entryBytes = 8
/** What a byte stands for one of. */
const unit = Math.fround(1 / 255)

/**
 * Copies the inputs that are not zero; `labels` stays the caller's array. 60,000 images of digits, 28 x 28, take 72 MB.
 * Throws RangeError where inputs and labels do not fit together.
 */
export function sparseDataset({ inputs, labels, shape }: Examples): SparseDataset {
  const width = elements(shape)
  const count = labels.length
  if (inputs.length !== count * width)
    throw new RangeError(`examples: ${inputs.length} inputs for ${count} examples of ${width}`)
  let size = count
  for (let i = 0; i < inputs.length; i++) if (inputs[i] !== 0) size++
  const kernels = createKernels()
  const address = kernels.allocate(entryBytes * size)
  const starts = new Uint32Array(count + 1)
  for (let row = 0, at = 0; row < count; row++) {
    const entries = writeInputs(kernels, address / 4 + 2 * at, inputs, row * width, width)
    at += entries + 1
    starts[row + 1] = at
  }
  return { count, width, starts, address, labels, kernels }
}

/** Where an example's entries begin, in bytes. */
export const entriesAt = ({ address, starts }: SparseDataset, row: number): number =>
  address + entryBytes * (starts[row] ?? 0)

/** How many entries an example has, without the bias. */
export const entriesOf = ({ starts }: SparseDataset, row: number): number =>
  (starts[row + 1] ?? 0) - (starts[row] ?? 0) - 1

/** Memory in which entries, a column and a value each, are written: two views of one buffer. */
export interface EntryMemory {
  readonly floats: Float32Array
  readonly words: Uint32Array
}

/**
 * Writes `width` dense inputs that begin at `start` as entries from element `at` on, and the bias behind them. How many
 * they are without it comes back, at most `width`.
 */
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
  writeBias(memory, to, width)
  return (to - at) / 2
}

/** The bias is a matrix's last row, with an input that is always 1. */
export function writeBias({ floats, words }: EntryMemory, at: number, row: number): void {
  words[at] = row
  floats[at + 1] = 1
}
