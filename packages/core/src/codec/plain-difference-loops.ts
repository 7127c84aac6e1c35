import { float16Value } from '../params/float16.ts'
import { blocksOf, scalesAreGood } from './blocks.ts'
import { type DifferenceLoops, differenceBlock } from './difference-loops.ts'
import { nearestScaleBits, readScale, writeScale } from './half-scale.ts'
import { thresholdOf, tritBytesOfBlock } from './trits.ts'

/** Difference loops in plain JavaScript. */
export const plainDifferenceLoops: DifferenceLoops = {
  encodeSigns: (values, reference, bytes) => {
    const blocks = blocksOf(values.length, differenceBlock)
    bytes.fill(0, 2 * blocks)
    let left = 0
    for (let block = 0; block < blocks; block++) {
      const differences = differencesOf(values, reference, block)
      const { magnitudes, squares } = sumsOf(differences)
      const bits = nearestScaleBits(magnitudes / differences.length)
      const scale = float16Value(bits)
      writeScale(bytes, block, bits)
      left += squares - 2 * scale * magnitudes + differences.length * scale * scale
      differences.forEach((difference, i) => {
        const at = 2 * blocks + ((block * differenceBlock + i) >> 3)
        if (difference < 0) bytes[at] = (bytes[at] ?? 0) | (1 << (i & 7))
      })
    }
    return left
  },

  addSigns: (bytes, reference) => {
    const blocks = blocksOf(reference.length, differenceBlock)
    if (!scalesAreGood(bytes, blocks)) return false
    for (let i = 0; i < reference.length; i++) {
      const scale = float16Value(readScale(bytes, Math.floor(i / differenceBlock)))
      const isNegative = ((bytes[2 * blocks + (i >> 3)] ?? 0) >> (i & 7)) & 1
      reference[i] = (reference[i] ?? 0) + (isNegative ? -scale : scale)
    }
    return true
  },

  encodeTrits: (values, reference, bytes) => {
    const blocks = blocksOf(values.length, differenceBlock)
    let left = 0
    for (let block = 0; block < blocks; block++) {
      const differences = differencesOf(values, reference, block)
      const { magnitudes, squares } = sumsOf(differences)
      const threshold = thresholdOf(magnitudes, differences.length)
      const above = differences.map((x) => (Math.abs(x) > threshold ? x : 0))
      const kept = above.reduce((count, x) => count + (x === 0 ? 0 : 1), 0)
      const keptSum = sumsOf(above).magnitudes
      const bits = nearestScaleBits(kept === 0 ? 0 : keptSum / kept)
      const scale = float16Value(bits)
      writeScale(bytes, block, bits)
      left += squares - 2 * scale * keptSum + kept * scale * scale
      packTrits(above, bytes, 2 * blocks + block * tritBytesOfBlock)
    }
    return left
  },

  addTrits: (bytes, reference) => {
    const blocks = blocksOf(reference.length, differenceBlock)
    if (!scalesAreGood(bytes, blocks)) return false
    for (let block = 0; block < blocks; block++) {
      const scale = float16Value(readScale(bytes, block))
      const start = block * differenceBlock
      const length = Math.min(differenceBlock, reference.length - start)
      const plane = Math.ceil(length / 5)
      for (let i = 0; i < length; i++) {
        const byte = bytes[2 * blocks + block * tritBytesOfBlock + (i % plane)] ?? 0
        const trit = Math.floor(byte / 3 ** Math.floor(i / plane)) % 3
        reference[start + i] = (reference[start + i] ?? 0) + ([0, scale, -scale][trit] ?? 0)
      }
    }
    return true
  },
}

function differencesOf(values: Float32Array, reference: Float32Array, block: number): Float32Array {
  const start = block * differenceBlock
  return values
    .subarray(start, start + differenceBlock)
    .map((value, i) => value - (reference[start + i] ?? 0))
}

/** Sums in four lanes of float32, the way of vector instructions. */
function sumsOf(differences: Float32Array): { magnitudes: number; squares: number } {
  const magnitudes = new Float32Array(4)
  const squares = new Float32Array(4)
  differences.forEach((x, i) => {
    const lane = i & 3
    magnitudes[lane] = (magnitudes[lane] ?? 0) + Math.abs(x)
    squares[lane] = (squares[lane] ?? 0) + Math.fround(x * x)
  })
  return { magnitudes: laneSum(magnitudes), squares: laneSum(squares) }
}

const laneSum = ([a = 0, b = 0, c = 0, d = 0]: Float32Array): number =>
  Math.fround(Math.fround(a + c) + Math.fround(b + d))

/** Byte j of a block holds the trits of its values j, j + plane, j + 2 plane and so on, the first as units. */
function packTrits(above: Float32Array, bytes: Uint8Array, start: number): void {
  const plane = Math.ceil(above.length / 5)
  bytes.fill(0, start, start + plane)
  above.forEach((x, i) => {
    const at = start + (i % plane)
    const trit = x > 0 ? 1 : x < 0 ? 2 : 0
    bytes[at] = (bytes[at] ?? 0) + trit * 3 ** Math.floor(i / plane)
  })
}
