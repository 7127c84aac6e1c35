import { derivedSeed, integer, seededRandom, shuffle } from '../../lib/random.ts'
import { elements } from '../../params/layout.ts'
import { labelsAt } from '../../params/sample-examples.ts'
import type { Examples } from '../../ports.ts'
import { byteUnit, choicesPerExample, numberTarget, outputCount, targetsOf } from '../../task/data.ts'
import type { DataSpec } from '../../task/task.ts'

/** One batch on the host. The next one overwrites `inputs` and `wanted`; `targets` are the receiver's. */
export interface Batch {
  /** [batch size, inputs], row-major; of text token numbers. Bytes, if they were asked for, are not scaled yet. */
  readonly inputs: Float32Array | Uint8Array
  /**
   * [choices, outputs], row-major; there is a choice for each example, of text for each token. What the model should put
   * out: the targets as one-hot rows, or as they are where they are numbers.
   */
  readonly wanted: Float32Array
  /** As `targetsOf` gives them. */
  readonly targets: Examples['labels']
}

/** Copies the examples `rows` into `target`, row after row; bytes that become floats are multiplied by `unit`. */
export function gatherInputs(
  { inputs, shape }: Examples,
  rows: Int32Array,
  target: Float32Array | Uint8Array,
  unit: number,
): void {
  const width = elements(shape)
  if (inputs instanceof Float32Array || target instanceof Uint8Array) {
    for (let i = 0; i < rows.length; i++) {
      const start = (rows[i] ?? 0) * width
      target.set(inputs.subarray(start, start + width), i * width)
    }
    return
  }
  for (let i = 0, to = 0; i < rows.length; i++) {
    const start = (rows[i] ?? 0) * width
    for (let from = start; from < start + width; from++) target[to++] = (inputs[from] ?? 0) * unit
  }
}

/**
 * Rows of batches of one fixed size, without end, each batch written to the front of the array given. Every epoch
 * takes all rows below `count` in a new order drawn from the seed; a batch reaches over into the next epoch, and
 * fewer rows than a batch holds come several times in it.
 */
export function rowStream(
  count: number,
  batchSize: number,
  seed: number,
): (rows: Int32Array | Uint32Array) => void {
  const random = seededRandom(derivedSeed(seed, 'batches'))
  const order = rowsUpTo(count)
  let next = count
  return (rows) => {
    for (let i = 0; i < batchSize; i++) {
      if (next === count) {
        shuffle(order, random)
        next = 0
      }
      rows[i] = order[next++] ?? 0
    }
  }
}

/**
 * The batches of `rowStream`, put together on the host; of examples that are bytes the inputs are, too, if `asBytes`.
 *
 * tfjs could gather them on the device: measured on 784 floats by 32, upload against gather is 0.1 to 1.0 ms on
 * WebGPU's software adapter and 0.08 to 0.98 on wasm, and examples that stay bytes take a quarter of the memory.
 */
export function batchStream(
  examples: Examples,
  data: DataSpec,
  batchSize: number,
  seed: number,
  asBytes: boolean,
): () => Batch {
  const isNumber = numberTarget(data) !== undefined
  const columns = outputCount(data)
  const nextRows = rowStream(examples.labels.length, batchSize, seed)
  const rows = new Int32Array(batchSize)
  const size = batchSize * elements(examples.shape)
  const inputs =
    asBytes && examples.inputs instanceof Uint8Array ? new Uint8Array(size) : new Float32Array(size)
  const wanted = new Float32Array(batchSize * choicesPerExample(data) * columns)

  return () => {
    nextRows(rows)
    gatherInputs(examples, rows, inputs, byteUnit(data))
    const labels = labelsAt(examples.labels, rows)
    const targets = targetsOf(data, { inputs, labels, shape: examples.shape })
    if (isNumber) wanted.set(targets)
    else {
      wanted.fill(0)
      for (let i = 0; i < targets.length; i++) wanted[i * columns + (targets[i] ?? 0)] = 1
    }
    return { inputs, wanted, targets }
  }
}

/** At most `most` of the rows below `count`, drawn without replacement: the same ones for one seed. */
export function sampleRows(count: number, most: number, seed: number): Int32Array {
  const random = seededRandom(derivedSeed(seed, 'probe'))
  const order = rowsUpTo(count)
  const taken = Math.min(most, count)
  for (let i = 0; i < taken; i++) {
    const j = i + integer(random, count - i)
    const held = order[i] ?? 0
    order[i] = order[j] ?? 0
    order[j] = held
  }
  return order.subarray(0, taken)
}

/** The examples of some rows: a copy, scaled. */
export function examplesAt(
  examples: Examples,
  rows: Int32Array,
  data: DataSpec,
): Examples & { readonly inputs: Float32Array } {
  const inputs = new Float32Array(rows.length * elements(examples.shape))
  gatherInputs(examples, rows, inputs, byteUnit(data))
  return { inputs, labels: labelsAt(examples.labels, rows), shape: examples.shape }
}

const rowsUpTo = (count: number): Int32Array => Int32Array.from({ length: count }, (_, row) => row)
