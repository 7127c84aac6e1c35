import { base64Bytes } from '../lib/bytes.ts'
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

/** Values that go through the module's memory at a time: small enough to stay in the processor's cache. */
export const chunkLength = 8192

/** Where things lie in the module's memory, as byte addresses. */
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
}

const small = 8 * chunkLength

export const at: Places = {
  floats: 0,
  others: 4 * chunkLength,
  codes: small,
  packed: small + 20_480,
  scales: small + 32_768,
  sums: small + 40_960,
  differences: small + 45_056,
}

export interface SimdModule {
  readonly kernels: Kernels & DifferenceKernels
  readonly memory: ArrayBuffer
  /** Copies values to an address, with zeros behind them up to a whole number of vectors; how many that makes comes back. */
  load(address: number, values: Float32Array, start: number, end: number): number
  /** Copies values from an address. */
  store(address: number, values: Float32Array, start: number, end: number): void
  /** Copies bytes to an address. */
  put(address: number, bytes: Uint8Array, start: number, end: number): void
  /** Copies bytes from an address. */
  take(address: number, bytes: Uint8Array, start: number, end: number): void
}

/** Undefined where there is no WebAssembly, or none with SIMD. */
export function simdModule(): SimdModule | undefined {
  const loaded = loadKernels()
  if (loaded === undefined) return undefined
  const { kernels, memory } = loaded
  const floats = new Float32Array(memory)
  const bytesOfMemory = new Uint8Array(memory)
  return {
    kernels,
    memory,
    load: (address, values, start, end) => {
      const first = address >> 2
      const padded = paddedLength(end - start)
      floats.set(values.subarray(start, end), first)
      if (padded !== end - start) floats.fill(0, first + end - start, first + padded)
      return padded
    },
    store: (address, values, start, end) =>
      values.set(floats.subarray(address >> 2, (address >> 2) + end - start), start),
    put: (address, bytes, start, end) => bytesOfMemory.set(bytes.subarray(start, end), address),
    take: (address, bytes, start, end) =>
      bytes.set(bytesOfMemory.subarray(address, address + end - start), start),
  }
}

export const paddedLength = (count: number): number => (count + 15) & ~15

function loadKernels(): { kernels: Kernels & DifferenceKernels; memory: ArrayBuffer } | undefined {
  try {
    const memory = new WebAssembly.Memory({ initial: 2 })
    const instance = <T>(wasm: string): T =>
      new WebAssembly.Instance<T>(new WebAssembly.Module(base64Bytes(wasm)), { env: { memory } }).exports
    const kernels = {
      ...instance<Kernels>(kernelsWasm),
      ...instance<DifferenceKernels>(differenceKernelsWasm),
    }
    return { kernels, memory: memory.buffer }
  } catch {
    return undefined
  }
}
