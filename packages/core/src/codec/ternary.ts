import { blocksOf } from './blocks.ts'
import type { DifferenceScheme } from './difference-link.ts'
import { differenceBlock } from './difference-loops.ts'
import type { Loops } from './loops.ts'
import { tritBytes } from './trits.ts'

/**
 * A third of a byte and less: Q(d) = s sign(d) where |d| > 0.7 mean|d| of a block of 1,024 values, otherwise 0, with
 * s the mean of the magnitudes kept (0.202 bytes a value; ternary weight networks, Li and Liu 2016, arXiv 1605.04711).
 *
 * Bytes: every block's scale as a float16, then for each block five trits a byte (0, 1, and 2 for -1). A block of n
 * values takes ceil(n / 5) bytes; byte j holds values j, j + ceil(n / 5), ..., the first as units. What a byte above
 * 242 holds beyond 2 is 0.
 */
export const ternary = (loops: Loops): DifferenceScheme => ({
  name: 'ternary',
  mostLeft: 1,
  byteLength: (count) => 2 * blocksOf(count, differenceBlock) + tritBytes(count),
  encode: (values, reference, bytes) => loops.encodeTrits(values, reference, bytes),
  add: (bytes, reference) => (loops.addTrits(bytes, reference) ? 'added' : 'not-finite'),
})
