import { float16Bits, largestFloat16 } from '../params/float16.ts'

/** The bits of the float16 nearest to a scale >= 0, at most 65504. */
export const nearestScaleBits = (scale: number): number => float16Bits(Math.min(largestFloat16, scale))

/** Scales lie at the front of the bytes, two each, little-endian. */
export function writeScale(bytes: Uint8Array, block: number, bits: number): void {
  bytes[2 * block] = bits
  bytes[2 * block + 1] = bits >> 8
}

export const readScale = (bytes: Uint8Array, block: number): number =>
  (bytes[2 * block] ?? 0) | ((bytes[2 * block + 1] ?? 0) << 8)
