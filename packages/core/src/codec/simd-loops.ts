import { paddedLength } from '../lib/wasm-module.ts'
import { blocksOf, int4Blocks, int8Blocks, scalesAreGood } from './blocks.ts'
import type { Loops } from './loops.ts'
import { simdDifferenceLoops } from './simd-difference-loops.ts'
import { at, chunkLength, type SimdModule, simdModules } from './simd-module.ts'

const notFiniteFrom = 0x7f800000

/** Loops as WebAssembly SIMD, several times faster. Undefined where there is no WebAssembly, or none with SIMD. */
export function simdLoops(): Loops | undefined {
  const open = simdModules()
  const shared = open?.(0)
  if (open === undefined || shared === undefined) return undefined
  const { kernels, memory, put, store } = shared
  const homes = new WeakMap<ArrayBufferLike, SimdModule>()
  const homeOf = (values: Float32Array): SimdModule => homes.get(values.buffer) ?? shared

  return {
    ...simdDifferenceLoops(shared),

    resident: (count) => {
      const home = open(count)
      if (home === undefined) return new Float32Array(count)
      homes.set(home.memory, home)
      return new Float32Array(home.memory, at.residents, count)
    },

    allFinite: (values) => {
      const { kernels, load } = homeOf(values)
      return inChunks(values.length, (start, end) => {
        const floats = load(at.floats, values, start, end)
        return kernels.largest(floats, paddedLength(end - start)) < notFiniteFrom
      })
    },

    encodeFloat16: (values, bytes) => {
      const { kernels, load, take } = homeOf(values)
      return inChunks(values.length, (start, end) => {
        const floats = load(at.floats, values, start, end)
        const padded = paddedLength(end - start)
        if (kernels.largest(floats, padded) >= notFiniteFrom) return false
        kernels.packHalves(at.codes, floats, padded)
        take(at.codes, bytes, 2 * start, 2 * end)
        return true
      })
    },

    decodeFloat16: (bytes, values) =>
      inChunks(values.length, (start, end) => {
        // What lies behind the last half must be finite.
        if (end % 16 !== 0) new Uint8Array(memory, at.codes, 2 * chunkLength).fill(0)
        put(at.codes, bytes, 2 * start, 2 * end)
        if (kernels.unpackHalves(at.floats, at.codes, paddedLength(end - start)) >= 0x7c00) return false
        store(at.floats, values, start, end)
        return true
      }),

    encodeInt8: (values, bytes) => {
      const { kernels, load, take } = homeOf(values)
      const { length, levels } = int8Blocks
      const codesStart = 2 * blocksOf(values.length, length)
      return inChunks(values.length, (start, end) => {
        const floats = load(at.floats, values, start, end)
        const padded = paddedLength(end - start)
        if (!kernels.encodeBlocks(at.codes, at.scales, floats, padded, length, levels, 0, 0)) return false
        take(at.scales, bytes, (2 * start) / length, 2 * blocksOf(end, length))
        take(at.codes, bytes, codesStart + start, codesStart + end)
        return true
      })
    },

    decodeInt8: (bytes, values) => {
      const { length } = int8Blocks
      const codesStart = 2 * blocksOf(values.length, length)
      return inChunks(values.length, (start, end) => {
        put(at.scales, bytes, (2 * start) / length, 2 * blocksOf(end, length))
        put(at.codes, bytes, codesStart + start, codesStart + end)
        if (!kernels.decodeBlocks(at.floats, at.codes, at.scales, paddedLength(end - start), length))
          return false
        store(at.floats, values, start, end)
        return true
      })
    },

    mergeInt8: (bytes, values, share) => {
      const { kernels, load, store, put } = homeOf(values)
      const { length } = int8Blocks
      const blocks = blocksOf(values.length, length)
      if (!scalesAreGood(bytes, blocks)) return false
      return inChunks(values.length, (start, end) => {
        put(at.scales, bytes, (2 * start) / length, 2 * blocksOf(end, length))
        put(at.codes, bytes, 2 * blocks + start, 2 * blocks + end)
        const floats = load(at.floats, values, start, end)
        kernels.mergeBlocks(floats, at.codes, at.scales, paddedLength(end - start), length, share)
        store(floats, values, start, end)
        return true
      })
    },

    encodeInt4: (values, bytes, seed) => {
      const { kernels, load, take } = homeOf(values)
      const { length, levels } = int4Blocks
      const random = seed === undefined ? 0 : 1
      const nibblesStart = 2 * blocksOf(values.length, length)
      return inChunks(values.length, (start, end) => {
        const floats = load(at.floats, values, start, end)
        const padded = paddedLength(end - start)
        const first = (seed ?? 0) + start
        if (!kernels.encodeBlocks(at.codes, at.scales, floats, padded, length, levels, random, first))
          return false
        kernels.packNibbles(at.packed, at.codes, padded)
        take(at.scales, bytes, (2 * start) / length, 2 * blocksOf(end, length))
        take(at.packed, bytes, nibblesStart + start / 2, nibblesStart + ((end + 1) >> 1))
        return true
      })
    },

    decodeInt4: (bytes, values) => {
      const { length } = int4Blocks
      const nibblesStart = 2 * blocksOf(values.length, length)
      return inChunks(values.length, (start, end) => {
        const padded = paddedLength(end - start)
        put(at.scales, bytes, (2 * start) / length, 2 * blocksOf(end, length))
        put(at.packed, bytes, nibblesStart + start / 2, nibblesStart + ((end + 1) >> 1))
        kernels.unpackNibbles(at.codes, at.packed, padded)
        if (!kernels.decodeBlocks(at.floats, at.codes, at.scales, padded, length)) return false
        store(at.floats, values, start, end)
        return true
      })
    },

    merge: (values, others, share) => {
      const { kernels, load, store } = homeOf(values)
      inChunks(values.length, (start, end) => {
        const floats = load(at.floats, values, start, end)
        kernels.merge(floats, load(at.others, others, start, end), paddedLength(end - start), share)
        store(floats, values, start, end)
        return true
      })
    },
  }
}

/** Runs over chunks in order until one answers false; the answer says whether none did. */
function inChunks(count: number, run: (start: number, end: number) => boolean): boolean {
  for (let start = 0; start < count; start += chunkLength)
    if (!run(start, Math.min(start + chunkLength, count))) return false
  return true
}
