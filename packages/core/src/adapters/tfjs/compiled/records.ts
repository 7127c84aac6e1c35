import type { OptimizerSpec } from '../../../task/task.ts'
import { rowStream } from '../batches.ts'
import { dropoutSeeds } from '../dropout-mask.ts'
import { adam, recordExtras } from './kernels/update.ts'

/** What single steps need to know, for many steps at once: a record each, from `strideBytes` to `strideBytes`. */
export interface Records {
  readonly bytes: number
  readonly strideBytes: number
  /** The records of the next `steps` steps; the next call overwrites them. */
  next(steps: number): Uint32Array<ArrayBuffer>
}

/** Where every device lets a window into a buffer begin. */
const alignmentBytes = 256

/** Records of batches that are always the same, without anything for an optimizer. */
export interface FixedRecords {
  readonly count: number
  readonly strideBytes: number
  readonly words: Uint32Array<ArrayBuffer>
}

const strideOf = (words: number): number => Math.ceil((4 * words) / alignmentBytes) * alignmentBytes

/** All rows, `batchSize` in a record of `words` words; the last is filled up with the first row. */
export function recordBatches(rows: Int32Array, batchSize: number, words: number): FixedRecords {
  const count = Math.ceil(rows.length / batchSize)
  const strideBytes = strideOf(words)
  const records = new Uint32Array((count * strideBytes) / 4).fill(rows[0] ?? 0)
  for (let i = 0; i < count; i++)
    records.set(rows.subarray(i * batchSize, (i + 1) * batchSize), (i * strideBytes) / 4)
  return { count, strideBytes, words: records }
}

/**
 * Records of `words` words: the rows of the batch, then Adam's two factors for the number of the step, then, where
 * there is room, the seed of its dropout.
 */
export function createRecords(
  { count, batchSize, seed }: { readonly count: number; readonly batchSize: number; readonly seed: number },
  { words, mostSteps }: { readonly words: number; readonly mostSteps: number },
  { learningRate }: OptimizerSpec,
): Records {
  const strideBytes = strideOf(words)
  const records = new Uint32Array((mostSteps * strideBytes) / 4)
  const floats = new Float32Array(records.buffer)
  const nextRows = rowStream(count, batchSize, seed)
  const nextDropout = dropoutSeeds(seed)
  const seedWord = batchSize + recordExtras
  let step = 0
  return {
    bytes: records.byteLength,
    strideBytes,
    next: (steps) => {
      for (let i = 0; i < steps; i++) {
        const start = (i * strideBytes) / 4
        nextRows(records.subarray(start, start + batchSize))
        step++
        floats[start + batchSize] = learningRate / (1 - adam.first ** step)
        floats[start + batchSize + 1] = 1 / (1 - adam.second ** step)
        if (words > seedWord) records[start + seedWord] = nextDropout()
      }
      return records.subarray(0, (steps * strideBytes) / 4)
    },
  }
}
