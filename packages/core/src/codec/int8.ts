import { float16BitsFromAbove, float16Value, largestFloat16 } from '../params/float16.ts'
import { allFinite } from '../params/vector.ts'
import { type Codec, notFinite, wrongSize } from './codec.ts'

/**
 * Eight bits a value with one scale for each block of 256 values (1.008 bytes a value): x is sent as
 * round(x / s), ties to even, -127 to 127, where s is the smallest float16 not below max|x| / 127 of the block. So
 * no value is off by more than s / 2. Rounding up, s is at least 2^-24 unless the whole block is zero, and
 * it is at most 65504: values beyond +-8.3e6 saturate.
 *
 * Bytes: every block's scale as a float16, then every value's code as an int8; the last block may be short.
 */
export const int8: Codec = {
  name: 'int8',
  byteLength: (count) => 2 * blocksOf(count) + count,
  encode: (values) => {
    if (!allFinite(values)) throw new RangeError('int8: a value is not finite')
    const blocks = blocksOf(values.length)
    const bytes = new Uint8Array(2 * blocks + values.length)
    const codes = new Int8Array(bytes.buffer, 2 * blocks)
    for (let block = 0; block < blocks; block++) {
      const start = block * blockLength
      const end = Math.min(start + blockLength, values.length)
      const scale = float16BitsFromAbove(Math.min(largestFloat16, largestMagnitude(values, start, end) / 127))
      bytes[2 * block] = scale
      bytes[2 * block + 1] = scale >> 8
      if (scale !== 0) quantise(values, codes, start, end, float16Value(scale))
    }
    return bytes
  },
  decode: (bytes, count) => {
    if (bytes.length !== int8.byteLength(count)) return wrongSize
    const blocks = blocksOf(count)
    const values = new Float32Array(count)
    const codes = new Int8Array(bytes.buffer, bytes.byteOffset + 2 * blocks, count)
    for (let block = 0; block < blocks; block++) {
      const bits = (bytes[2 * block] ?? 0) | ((bytes[2 * block + 1] ?? 0) << 8)
      if (bits >= 0x7c00) return notFinite
      const scale = float16Value(bits)
      const end = Math.min((block + 1) * blockLength, count)
      for (let i = block * blockLength; i < end; i++) values[i] = (codes[i] ?? 0) * scale
    }
    return { ok: true, values }
  },
}

const blockLength = 256
const blocksOf = (count: number): number => Math.ceil(count / blockLength)

function largestMagnitude(values: Float32Array, start: number, end: number): number {
  let largest = 0
  for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0))
  return largest
}

/** Adding and taking away 1.5 * 2^52 leaves a double rounded to a whole number, ties to even. */
const toWhole = 1.5 * 2 ** 52

function quantise(values: Float32Array, codes: Int8Array, start: number, end: number, scale: number): void {
  const inverse = Math.fround(1 / scale)
  for (let i = start; i < end; i++) {
    const code = Math.fround((values[i] ?? 0) * inverse) + toWhole - toWhole
    codes[i] = Math.max(-127, Math.min(127, code))
  }
}
