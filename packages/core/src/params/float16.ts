/**
 * IEEE 754 binary16. Numbers are rounded to the nearest float16, ties to even, and finite ones beyond +-65504
 * saturate there.
 */

export const largestFloat16 = 65504

const word = new Uint32Array(1)
const single = new Float32Array(word.buffer)

/** The 16 bits of the float16 nearest to `value` taken as a float32; infinities and NaN stay what they are. */
export function float16Bits(value: number): number {
  single[0] = value
  return halfOf(word[0] ?? 0)
}

/** The number that 16 bits stand for. */
export function float16Value(bits: number): number {
  const magnitude = bits & 0x7fff
  if (magnitude >= 0x7c00) return magnitude > 0x7c00 ? Number.NaN : bits & 0x8000 ? -Infinity : Infinity
  word[0] = singleBits(bits)
  return (single[0] ?? 0) * exponentGap
}

/** The bits of the smallest float16 that is not below `value`, for 0 <= `value` <= 65504. */
export function float16BitsFromAbove(value: number): number {
  const bits = float16Bits(value)
  return float16Value(bits) < value ? bits + 1 : bits
}

/** Float16 bits of every value, into an array of equal length. */
export function packFloat16(values: Float32Array, halves: Uint16Array): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < words.length; i++) halves[i] = halfOf(words[i] ?? 0)
}

/**
 * Values of every float16, into an array of equal length. `halves` may lie in the second half of the memory of
 * `values`. False, and a partly written array, when one of them is not finite.
 */
export function unpackFloat16(halves: Uint16Array, values: Float32Array): boolean {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < words.length; i++) {
    const half = halves[i] ?? 0
    if ((half & 0x7c00) === 0x7c00) return false
    words[i] = singleBits(half)
  }
  for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * exponentGap
  return true
}

/** Puts sign, exponent and fraction where a float32 has them: its value is then too small by `exponentGap`, subnormal or not. */
const singleBits = (half: number): number => ((half & 0x8000) << 16) | ((half & 0x7fff) << 13)

/** The biases of the exponents are 127 and 15. */
const exponentGap = 2 ** (127 - 15)

/** Float16 bits of the float32 with these bits. */
function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00)
  if (magnitude >= 0x477fe000) return sign | 0x7bff
  if (magnitude >= 0x38800000)
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
  if (magnitude < 0x33000000) return sign
  // Below 2^-14: the significand, shifted to units of 2^-24, ties to even.
  const significand = (magnitude & 0x7fffff) | 0x800000
  const shift = 126 - (magnitude >>> 23)
  const half = 1 << (shift - 1)
  return sign | ((significand + half - 1 + ((significand >>> shift) & 1)) >>> shift)
}
