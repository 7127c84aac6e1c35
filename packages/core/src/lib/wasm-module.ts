import { base64Bytes } from './bytes.ts'

const pageBytes = 65_536

/** Undefined where there is no WebAssembly, or none with what the module needs. */
export function compileWasm(base64: string): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(base64Bytes(base64))
  } catch {
    return undefined
  }
}

/** At least so many bytes, zeros; undefined where there is no memory left. */
export function wasmMemory(bytes: number): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) })
  } catch {
    return undefined
  }
}

export const paddedLength = (count: number): number => (count + 15) & ~15

/** Gets floats into a module's memory and out again. */
export interface FloatRoom {
  /**
   * Where values can be read, up to a whole number of vectors: in place where they live in this memory and fill
   * whole vectors, otherwise copied to the address, with zeros behind them.
   */
  load(address: number, values: Float32Array, start: number, end: number): number
  /** Copies values from an address, unless they are there already. */
  store(address: number, values: Float32Array, start: number, end: number): void
}

/** Of a memory that never grows, so that views of it stay good. */
export function floatRoom(memory: ArrayBuffer): FloatRoom {
  const floats = new Float32Array(memory)
  return {
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
  }
}
