import { paddedLength } from '../lib/wasm-module.ts'
import { float16Value } from '../params/float16.ts'
import { blocksOf, scalesAreGood } from './blocks.ts'
import { type DifferenceLoops, differenceBlock } from './difference-loops.ts'
import { nearestScaleBits, readScale, writeScale } from './half-scale.ts'
import { at, type SimdModule } from './simd-module.ts'
import { thresholdOf, tritBytesOfBlock } from './trits.ts'

/** Difference loops as WebAssembly SIMD, block by block. */
export function simdDifferenceLoops({
  kernels,
  memory,
  load,
  store,
  put,
  take,
}: SimdModule): DifferenceLoops {
  const sums = new Float32Array(memory, at.sums, 2)
  const differences = new Float32Array(memory, at.differences, differenceBlock + 16)

  /** Leaves the differences of a block, with zeros behind them, and their sums. */
  function subtract(values: Float32Array, reference: Float32Array, start: number, end: number): void {
    const floats = load(at.floats, values, start, end)
    const others = load(at.others, reference, start, end)
    kernels.difference(at.differences, floats, others, paddedLength(end - start), at.sums)
    if (end - start < differenceBlock) differences.fill(0, end - start)
  }

  return {
    encodeSigns: (values, reference, bytes) => {
      const bitsStart = 2 * blocksOf(values.length, differenceBlock)
      let left = 0
      eachBlock(values.length, (block, start, end) => {
        subtract(values, reference, start, end)
        const [magnitudes = 0, squares = 0] = sums
        const count = end - start
        const bits = nearestScaleBits(magnitudes / count)
        const scale = float16Value(bits)
        writeScale(bytes, block, bits)
        left += squares - 2 * scale * magnitudes + count * scale * scale
        kernels.packSigns(at.packed, at.differences, paddedLength(count))
        take(at.packed, bytes, bitsStart + start / 8, bitsStart + Math.ceil(end / 8))
      })
      return left
    },

    addSigns: (bytes, reference) => {
      const blocks = blocksOf(reference.length, differenceBlock)
      if (!scalesAreGood(bytes, blocks)) return false
      eachBlock(reference.length, (block, start, end) => {
        put(at.packed, bytes, 2 * blocks + start / 8, 2 * blocks + Math.ceil(end / 8))
        const floats = load(at.floats, reference, start, end)
        const padded = paddedLength(end - start)
        kernels.unpackSigns(at.codes, at.packed, padded)
        kernels.addScaled(floats, at.codes, padded, float16Value(readScale(bytes, block)))
        store(floats, reference, start, end)
      })
      return true
    },

    encodeTrits: (values, reference, bytes) => {
      const tritsStart = 2 * blocksOf(values.length, differenceBlock)
      let left = 0
      eachBlock(values.length, (block, start, end) => {
        subtract(values, reference, start, end)
        const count = end - start
        const [magnitudes = 0, squares = 0] = sums
        const threshold = thresholdOf(magnitudes, count)
        kernels.sumAbove(at.differences, paddedLength(count), threshold, at.sums)
        const [keptSum = 0, kept = 0] = sums
        const bits = nearestScaleBits(kept === 0 ? 0 : keptSum / kept)
        const scale = float16Value(bits)
        writeScale(bytes, block, bits)
        left += squares - 2 * scale * keptSum + kept * scale * scale
        const plane = Math.ceil(count / 5)
        kernels.packTrits(at.packed, at.differences, plane, threshold)
        const from = tritsStart + block * tritBytesOfBlock
        take(at.packed, bytes, from, from + plane)
      })
      return left
    },

    addTrits: (bytes, reference) => {
      const blocks = blocksOf(reference.length, differenceBlock)
      if (!scalesAreGood(bytes, blocks)) return false
      eachBlock(reference.length, (block, start, end) => {
        const plane = Math.ceil((end - start) / 5)
        const from = 2 * blocks + block * tritBytesOfBlock
        put(at.packed, bytes, from, from + plane)
        const floats = load(at.floats, reference, start, end)
        kernels.unpackTrits(at.codes, at.packed, plane)
        kernels.addScaled(floats, at.codes, paddedLength(end - start), float16Value(readScale(bytes, block)))
        store(floats, reference, start, end)
      })
      return true
    },
  }
}

function eachBlock(count: number, run: (block: number, start: number, end: number) => void): void {
  for (let start = 0; start < count; start += differenceBlock)
    run(start / differenceBlock, start, Math.min(start + differenceBlock, count))
}
