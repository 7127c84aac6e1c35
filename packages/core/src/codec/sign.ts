import { blocksOf } from './blocks.ts'
import type { DifferenceScheme } from './difference-link.ts'
import { differenceBlock } from './difference-loops.ts'
import type { Loops } from './loops.ts'

/**
 * One bit a value: Q(d) = mean|d| sign(d) for each block of 1,024 values (0.127 bytes a value; scaled sign, Karimireddy
 * et al. 2019, arXiv 1901.09847), with sign(0) = 1. The scale that leaves the smallest error.
 *
 * Bytes: every block's scale as a float16, then one bit a value, lowest first, 1 for negative.
 */
export const sign = (loops: Loops): DifferenceScheme => ({
  name: 'sign',
  mostLeft: 1,
  byteLength: (count) => 2 * blocksOf(count, differenceBlock) + Math.ceil(count / 8),
  encode: (values, reference, bytes) => loops.encodeSigns(values, reference, bytes),
  add: (bytes, reference) => (loops.addSigns(bytes, reference) ? 'added' : 'not-finite'),
})
