import { float16Value, packFloat16, unpackFloat16 } from '../params/float16.ts'
import { allFinite } from '../params/vector.ts'
import {
  type Blocks,
  blocksOf,
  int4Blocks,
  int8Blocks,
  inverseOf,
  scaleBits,
  scalesAreGood,
} from './blocks.ts'
import { readScale, writeScale } from './half-scale.ts'
import type { Loops } from './loops.ts'
import { plainDifferenceLoops } from './plain-difference-loops.ts'

/** Loops in plain JavaScript: the reference, and what remains where a page forbids WebAssembly. */
export const plainLoops: Loops = {
  ...plainDifferenceLoops,

  allFinite,

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
    const codes = codesIn(bytes, values.length)
    encodeBlocks(values, bytes, codes, int8Blocks, roundToNearest)
    return allFinite(values)
  },

  decodeInt8: (bytes, values) => {
    const codes = codesIn(bytes, values.length)
    if (!scalesAreGood(bytes, blocksOf(values.length, int8Blocks.length))) return false
    for (let i = 0; i < values.length; i++)
      values[i] = (codes[i] ?? 0) * float16Value(readScale(bytes, Math.floor(i / int8Blocks.length)))
    return true
  },

  mergeInt8: (bytes, values, share) => {
    const codes = codesIn(bytes, values.length)
    if (!scalesAreGood(bytes, blocksOf(values.length, int8Blocks.length))) return false
    const factor = Math.fround(share)
    const keep = Math.fround(1 - factor)
    for (let i = 0; i < values.length; i++) {
      const unit = Math.fround(factor * float16Value(readScale(bytes, Math.floor(i / int8Blocks.length))))
      values[i] = Math.fround(keep * (values[i] ?? 0)) + Math.fround(unit * (codes[i] ?? 0))
    }
    return true
  },

  encodeInt4: (values, bytes, seed) => {
    const codes = new Int8Array(values.length)
    encodeBlocks(values, bytes, codes, int4Blocks, seed === undefined ? roundToNearest : roundAtRandom(seed))
    const start = 2 * blocksOf(values.length, int4Blocks.length)
    for (let i = 0; i < codes.length; i += 2)
      bytes[start + i / 2] = ((codes[i] ?? 0) & 15) | ((codes[i + 1] ?? 0) << 4)
    return allFinite(values)
  },

  decodeInt4: (bytes, values) => {
    const blocks = blocksOf(values.length, int4Blocks.length)
    if (!scalesAreGood(bytes, blocks)) return false
    for (let i = 0; i < values.length; i++) {
      const nibble = ((bytes[2 * blocks + (i >> 1)] ?? 0) >> (i & 1 ? 4 : 0)) & 15
      values[i] = ((nibble ^ 8) - 8) * float16Value(readScale(bytes, Math.floor(i / int4Blocks.length)))
    }
    return true
  },

  merge: (values, others, share) => {
    const factor = Math.fround(share)
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0
      values[i] = value + Math.fround(factor * Math.fround((others[i] ?? 0) - value))
    }
  },

  resident: (count) => new Float32Array(count),
}

const codesIn = (bytes: Uint8Array, count: number): Int8Array =>
  new Int8Array(bytes.buffer, bytes.byteOffset + 2 * blocksOf(count, int8Blocks.length), count)

/** What a value in units of its scale becomes. */
type Rounding = (value: number, index: number) => number

function encodeBlocks(
  values: Float32Array,
  bytes: Uint8Array,
  codes: Int8Array,
  { length, levels }: Blocks,
  round: Rounding,
): void {
  for (let start = 0; start < values.length; start += length) {
    const end = Math.min(start + length, values.length)
    const scale = scaleBits(largestMagnitude(values, start, end), levels)
    writeScale(bytes, start / length, scale)
    const inverse = inverseOf(scale)
    for (let i = start; i < end; i++) {
      const code = round(Math.fround((values[i] ?? 0) * inverse), i)
      codes[i] = Math.max(-levels, Math.min(levels, code))
    }
  }
}

function largestMagnitude(values: Float32Array, start: number, end: number): number {
  let largest = 0
  for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0))
  return largest
}

/** Adding and taking away 1.5 * 2^52 leaves a double rounded to a whole number, ties to even. */
const toWhole = 1.5 * 2 ** 52

const roundToNearest: Rounding = (value) => value + toWhole - toWhole

const roundAtRandom =
  (seed: number): Rounding =>
  (value, index) =>
    Math.floor(Math.fround(value + uniform(seed + index)))

/** A number in [0, 1) that a 32-bit counter stands for. */
function uniform(counter: number): number {
  let hash = Math.imul(counter, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash >>> 16) * 2 ** -16
}
