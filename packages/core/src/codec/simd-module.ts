import { compileWasm, type FloatRoom, floatRoom, wasmMemory } from '../lib/wasm-module.ts'
import { differenceKernelsWasm } from './difference-kernels.wasm.ts'
import { kernelsWasm } from './kernels.wasm.ts'

/** What kernels.wat exports. */
interface Kernels {
  largest(floats: number, count: number): number
  encodeBlocks(
    codes: number,
    scales: number,
    floats: number,
    count: number,
    blockLength: number,
    levels: number,
    random: number,
    seed: number,
  ): number
  decodeBlocks(floats: number, codes: number, scales: number, count: number, blockLength: number): number
  mergeBlocks(
    floats: number,
    codes: number,
    scales: number,
    count: number,
    blockLength: number,
    share: number,
  ): void
  merge(floats: number, others: number, count: number, share: number): void
  packNibbles(bytes: number, codes: number, count: number): void
  unpackNibbles(codes: number, bytes: number, count: number): void
  packHalves(halves: number, floats: number, count: number): void
  unpackHalves(floats: number, halves: number, count: number): number
}

/** What difference-kernels.wat exports. */
interface DifferenceKernels {
  difference(differences: number, floats: number, references: number, count: number, sums: number): void
  sumAbove(floats: number, count: number, threshold: number, sums: number): void
  packSigns(bytes: number, floats: number, count: number): void
  unpackSigns(codes: number, bytes: number, count: number): void
  packTrits(bytes: number, floats: number, plane: number, threshold: number): void
  unpackTrits(codes: number, bytes: number, plane: number): void
  addScaled(floats: number, codes: number, count: number, scale: number): void
}

/** Values that go through a module's memory at a time: small enough to stay in the processor's cache. */
export const chunkLength = 16_384

/** Where things lie in a module's memory, as byte addresses. */
interface Places {
  readonly floats: number
  readonly others: number
  /** Room for two bytes a value, and for a block of trits beyond. */
  readonly codes: number
  readonly packed: number
  readonly scales: number
  readonly sums: number
  /** One block of differences, with zeros behind it. */
  readonly differences: number
  /** The values that live here for good. */
  readonly residents: number
}

const afterFloats = 8 * chunkLength

export const at: Places = {
  floats: 0,
  others: 4 * chunkLength,
  codes: afterFloats,
  packed: afterFloats + 40_960,
  scales: afterFloats + 57_344,
  sums: afterFloats + 59_392,
  differences: afterFloats + 59_904,
  residents: afterFloats + 65_536,
}

export interface SimdModule extends FloatRoom {
  readonly kernels: Kernels & DifferenceKernels
  readonly memory: ArrayBuffer
  /** Copies bytes to an address. */
  put(address: number, bytes: Uint8Array, start: number, end: number): void
  /** Copies bytes from an address. */
  take(address: number, bytes: Uint8Array, start: number, end: number): void
}

/**
 * Compiles the kernels; each call of the answer is a module with a memory of its own, which has room for so many
 * values to live in. Undefined where there is no WebAssembly, or none with SIMD, and the answer's where there is no
 * memory left.
 */
export function simdModules(): ((residents: number) => SimdModule | undefined) | undefined {
  const module = compileWasm(kernelsWasm)
  const differenceModule = compileWasm(differenceKernelsWasm)
  if (module === undefined || differenceModule === undefined) return undefined
  return (residents) => {
    const memory = wasmMemory(at.residents + 4 * residents)
    if (memory === undefined) return undefined
    const env = { env: { memory } }
    const { exports: kernels } = new WebAssembly.Instance<Kernels>(module, env)
    const { exports: differenceKernels } = new WebAssembly.Instance<DifferenceKernels>(differenceModule, env)
    return moduleOf({ ...kernels, ...differenceKernels }, memory.buffer)
  }
}

function moduleOf(kernels: Kernels & DifferenceKernels, memory: ArrayBuffer): SimdModule {
  const bytesOfMemory = new Uint8Array(memory)
  return {
    ...floatRoom(memory),
    kernels,
    memory,
    put: (address, bytes, start, end) => bytesOfMemory.set(bytes.subarray(start, end), address),
    take: (address, bytes, start, end) =>
      bytes.set(bytesOfMemory.subarray(address, address + end - start), start),
  }
}
