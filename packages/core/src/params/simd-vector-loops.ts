import { compileWasm, floatRoom, paddedLength, wasmMemory } from '../lib/wasm-module.ts'
import { vectorKernelsWasm } from './vector-kernels.wasm.ts'
import { laneSum, lanes, type VectorLoops } from './vector-loops.ts'

/** What vector-kernels.wat exports. */
interface Kernels {
  squares(a: number, count: number, sums: number): void
  subtract(a: number, b: number, count: number, sums: number): void
  products(a: number, b: number, count: number, sums: number): void
  axpy(y: number, x: number, count: number, factor: number): void
  lerp(a: number, b: number, count: number, share: number): void
  move(
    d: number,
    follower: number,
    reference: number,
    count: number,
    scale: number,
    share: number,
    serving: number,
  ): void
}

/** Elements that are copied into the module's memory at a time: small enough to stay in the processor's cache. */
const chunkLength = 4_096
const sumsOfProducts = 3

const slot = (index: number): number => 4 * chunkLength * index
/** Byte addresses. */
const at = { a: slot(0), b: slot(1), c: slot(2), sums: slot(3) } as const

/**
 * Vector loops as WebAssembly SIMD, several times faster although vectors are copied in and out. Undefined where there is
 * no WebAssembly, or none with SIMD.
 */
export function simdVectorLoops(): VectorLoops | undefined {
  const module = compileWasm(vectorKernelsWasm)
  const memory = wasmMemory(at.sums + 8 * lanes * sumsOfProducts)
  if (module === undefined || memory === undefined) return undefined
  const { exports: kernels } = new WebAssembly.Instance<Kernels>(module, { env: { memory } })
  const { load, store } = floatRoom(memory.buffer)
  const sums = new Float64Array(memory.buffer, at.sums, lanes * sumsOfProducts)

  return {
    squares: (a) => {
      sums.fill(0)
      eachChunk(a.length, (start, end, count) => kernels.squares(load(at.a, a, start, end), count, at.sums))
      return laneSum(sums)
    },
    squaresBetween: (a, b) => {
      sums.fill(0)
      // What is left in the module's memory is of no interest.
      eachChunk(a.length, (start, end, count) =>
        kernels.subtract(load(at.a, a, start, end), load(at.b, b, start, end), count, at.sums),
      )
      return laneSum(sums)
    },
    subtract: (a, b) => {
      sums.fill(0)
      eachChunk(a.length, (start, end, count) => {
        const result = load(at.a, a, start, end)
        kernels.subtract(result, load(at.b, b, start, end), count, at.sums)
        store(result, a, start, end)
      })
      return laneSum(sums)
    },
    products: (a, b) => {
      sums.fill(0)
      eachChunk(a.length, (start, end, count) =>
        kernels.products(load(at.a, a, start, end), load(at.b, b, start, end), count, at.sums),
      )
      return [laneSum(sums), laneSum(sums, lanes), laneSum(sums, 2 * lanes)]
    },
    axpy: (y, factor, x) =>
      eachChunk(y.length, (start, end, count) => {
        const result = load(at.a, y, start, end)
        kernels.axpy(result, load(at.b, x, start, end), count, factor)
        store(result, y, start, end)
      }),
    lerp: (a, b, share) =>
      eachChunk(a.length, (start, end, count) => {
        const result = load(at.a, a, start, end)
        kernels.lerp(result, load(at.b, b, start, end), count, share)
        store(result, a, start, end)
      }),
    move: (d, follower, reference, { scale, share, serving }) =>
      eachChunk(d.length, (start, end, count) => {
        const moved = load(at.a, d, start, end)
        const following = load(at.b, follower, start, end)
        kernels.move(moved, following, load(at.c, reference, start, end), count, scale, share, serving)
        store(moved, d, start, end)
        store(following, follower, start, end)
      }),
  }
}

/** `count` is the chunk's length with the zeros behind it. */
function eachChunk(length: number, run: (start: number, end: number, count: number) => void): void {
  for (let start = 0; start < length; start += chunkLength) {
    const end = Math.min(start + chunkLength, length)
    run(start, end, paddedLength(end - start))
  }
}
