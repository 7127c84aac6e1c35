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

const pageBytes = 65_536

export interface SimdModule {
  readonly kernels: Kernels & DifferenceKernels
  readonly memory: ArrayBuffer
  /**
   * Where values can be read, up to a whole number of vectors: in place where they live in this memory and fill
   * whole vectors, otherwise copied to the address, with zeros behind them.
   */
  load(address: number, values: Float32Array, start: number, end: number): number
  /** Copies values from an address, unless they are there already. */
  store(address: number, values: Float32Array, start: number, end: number): void
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
  const compiled = compile()
  if (compiled === undefined) return undefined
  return (residents) => {
    const memory = newMemory(at.residents + 4 * residents)
    if (memory === undefined) return undefined
    const instance = <T>(module: WebAssembly.Module): T =>
      new WebAssembly.Instance<T>(module, { env: { memory } }).exports
    return moduleOf(
      {
        ...instance<Kernels>(compiled.kernels),
        ...instance<DifferenceKernels>(compiled.differenceKernels),
      },
      memory.buffer,
    )
  }
}

/** The memory never grows, so that views of it stay good. */
function moduleOf(kernels: Kernels & DifferenceKernels, memory: ArrayBuffer): SimdModule {
  const floats = new Float32Array(memory)
  const bytesOfMemory = new Uint8Array(memory)
  return {
    kernels,
    memory,
    load: (address, values, start, end) => {
      const count = end - start
      const padded = paddedLength(count)
      if (values.buffer === memory && padded === count) return values.byteOffset + 4 * start
      const first = address >> 2
      floats.set(values.subarray(start, end), first)
      if (padded !== count) floats.fill(0, first + count, first + padded)
      return address
    },
    store: (address, values, start, end) => {
      if (values.buffer === memory && values.byteOffset + 4 * start === address) return
      values.set(floats.subarray(address >> 2, (address >> 2) + end - start), start)
    },
    put: (address, bytes, start, end) => bytesOfMemory.set(bytes.subarray(start, end), address),
    take: (address, bytes, start, end) =>
      bytes.set(bytesOfMemory.subarray(address, address + end - start), start),
  }
}

export const paddedLength = (count: number): number => (count + 15) & ~15

function newMemory(bytes: number): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) })
  } catch {
    return undefined
  }
}

function compile():
  | { readonly kernels: WebAssembly.Module; readonly differenceKernels: WebAssembly.Module }
  | undefined {
  try {
    return {
      kernels: new WebAssembly.Module(base64Bytes(kernelsWasm)),
      differenceKernels: new WebAssembly.Module(base64Bytes(differenceKernelsWasm)),
    }
  } catch {
    return undefined
  }
}
