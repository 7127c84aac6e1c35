import { float16Value, packFloat16, unpackFloat16 } from '../params/float16.ts'
import { allFinite } from '../params/vector.ts'
import { blockLength, blocksOf, inverseOf, scaleBits } from './int8-blocks.ts'
import type { Loops } from './loops.ts'

/** Loops in plain JavaScript: the reference, and what remains where a page forbids WebAssembly. */
export const plainLoops: Loops = {
  encodeFloat16: (values, bytes) => {
    packFloat16(values, new Uint16Array(bytes.buffer, bytes.byteOffset, values.length))
    return allFinite(values)
  },

  decodeFloat16: (bytes, values) => {
    // The bytes may begin at an odd address; the second half of the result is aligned room for them.
    const halves = new Uint16Array(values.buffer, values.byteOffset + 2 * values.length, values.length)
    new Uint8Array(halves.buffer, halves.byteOffset, bytes.length).set(bytes)
    return unpackFloat16(halves, values)
  },

  encodeInt8: (values, bytes) => {
    const blocks = blocksOf(values.length)
    const codes = new Int8Array(bytes.buffer, bytes.byteOffset + 2 * blocks, values.length)
    for (let block = 0; block < blocks; block++) {
      const start = block * blockLength
      const end = Math.min(start + blockLength, values.length)
      const scale = scaleBits(largestMagnitude(values, start, end))
      bytes[2 * block] = scale
      bytes[2 * block + 1] = scale >> 8
      if (scale !== 0) quantise(values, codes, start, end, inverseOf(float16Value(scale)))
    }
    return allFinite(values)
  },

  decodeInt8: (bytes, values) => {
    const blocks = blocksOf(values.length)
    const codes = new Int8Array(bytes.buffer, bytes.byteOffset + 2 * blocks, values.length)
    for (let block = 0; block < blocks; block++) {
      const bits = (bytes[2 * block] ?? 0) | ((bytes[2 * block + 1] ?? 0) << 8)
      if (bits >= 0x7c00) return false
      const scale = float16Value(bits)
      const end = Math.min((block + 1) * blockLength, values.length)
      for (let i = block * blockLength; i < end; i++) values[i] = (codes[i] ?? 0) * scale
    }
    return true
  },
}

function largestMagnitude(values: Float32Array, start: number, end: number): number {
  let largest = 0
  for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0))
  return largest
}

/** Adding and taking away 1.5 * 2^52 leaves a double rounded to a whole number, ties to even. */
const toWhole = 1.5 * 2 ** 52

function quantise(values: Float32Array, codes: Int8Array, start: number, end: number, inverse: number): void {
  for (let i = start; i < end; i++) {
    const code = Math.fround((values[i] ?? 0) * inverse) + toWhole - toWhole
    codes[i] = Math.max(-127, Math.min(127, code))
  }
}
