import { float16BitsFromAbove, float16Value, largestFloat16 } from '../params/float16.ts'

/** Values in blocks that share a scale, each sent as a whole number from -levels to levels. */
export interface Blocks {
  /** Values of a block, a multiple of 16. */
  readonly length: number
  readonly levels: number
}

export const int8Blocks: Blocks = { length: 256, levels: 127 }
export const int4Blocks: Blocks = { length: 64, levels: 7 }

export const blocksOf = (count: number, length: number): number => Math.ceil(count / length)

/** The float16 bits of the scale of a block whose largest magnitude is this: 0 for zeros only. */
export function scaleBits(largestMagnitude: number, levels: number): number {
  if (largestMagnitude === 0) return 0
  const quotient = Math.fround(largestMagnitude / levels)
  return Math.max(1, float16BitsFromAbove(Math.min(largestFloat16, quotient)))
}

/** What the values of a block are multiplied by, as a float32; 0 for a scale of 0. */
export const inverseOf = (bits: number): number => (bits === 0 ? 0 : Math.fround(1 / float16Value(bits)))

/** Whether the first `count` float16 scales of some bytes are all finite and not negative. */
export function scalesAreGood(bytes: Uint8Array, count: number): boolean {
  for (let i = 1; i < 2 * count; i += 2) if ((bytes[i] ?? 0) >= 0x7c) return false
  return true
}
