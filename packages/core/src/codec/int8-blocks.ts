import { float16BitsFromAbove, largestFloat16 } from '../params/float16.ts'

/** Values of one block of int8, which share a scale. */
export const blockLength = 256

export const blocksOf = (count: number): number => Math.ceil(count / blockLength)

/** The float16 bits of the scale of a block whose largest magnitude is this: 0 for zeros only. */
export const scaleBits = (largestMagnitude: number): number =>
  float16BitsFromAbove(Math.min(largestFloat16, largestMagnitude / 127))

/** What the values of a block are multiplied by, as a float32. */
export const inverseOf = (scale: number): number => Math.fround(1 / scale)
