import { base64Bytes } from '../lib/bytes.ts'
import { kernelsWasm } from './kernels.wasm.ts'

/** What kernels.wat exports. Numbers are byte addresses and lengths unless the source says otherwise. */
interface KernelFunctions {
  sumRows(out: number, matrix: number, entries: number, count: number, rowBytes: number): void
  addRows(matrix: number, entries: number, count: number, vector: number, rowBytes: number): void
  rectify(entries: number, floats: number, count: number): number
  dotRows(out: number, matrix: number, entries: number, count: number, vector: number, rowBytes: number): void
  squareSum(floats: number, bytes: number): number
  descend(params: number, gradient: number, bytes: number, rate: number): void
  descendAdam(
    params: number,
    gradient: number,
    mean: number,
    square: number,
    bytes: number,
    scale: number,
    rate: number,
    correction: number,
  ): void
}

/**
 * One instance of the WebAssembly module and its memory, which any number of plain trainers of one process share:
 * each keeps its parameters there, and all use the same scratch room, one operation after another.
 */
export interface Kernels {
  readonly run: KernelFunctions
  /** The whole memory, element i at address 4 i. Another array after each `allocate` or `scratch`: ask anew. */
  readonly floats: Float32Array
  /** The same memory as unsigned integers. */
  readonly words: Uint32Array
  /** The address of that much room, a multiple of 16, filled with zeros. */
  allocate(bytes: number): number
  /** Gives room back that `allocate` gave for so many bytes. */
  release(address: number, bytes: number): void
  /** The address of at least that much room with unknown contents, until the next call of `scratch`. */
  scratch(bytes: number): number
}

const pageBytes = 65_536
const aligned = (bytes: number): number => Math.ceil(bytes / 16) * 16

/** Throws RangeError, from here on, when the memory cannot grow (4 GiB is the most). */
export function createKernels(): Kernels {
  const memory = new WebAssembly.Memory({ initial: 1 })
  const module = new WebAssembly.Module(base64Bytes(kernelsWasm))
  const { exports: run } = new WebAssembly.Instance<KernelFunctions>(module, { env: { memory } })
  const released = new Map<number, number[]>()
  let floats = new Float32Array(memory.buffer)
  let words = new Uint32Array(memory.buffer)
  let end = 0
  let scratch = { address: 0, bytes: 0 }

  function allocate(wanted: number): number {
    const bytes = aligned(wanted)
    const reused = released.get(bytes)?.pop()
    if (reused !== undefined) {
      floats.fill(0, reused / 4, (reused + bytes) / 4)
      return reused
    }
    const missing = end + bytes - memory.buffer.byteLength
    if (missing > 0) {
      memory.grow(Math.ceil(missing / pageBytes))
      floats = new Float32Array(memory.buffer)
      words = new Uint32Array(memory.buffer)
    }
    end += bytes
    return end - bytes
  }

  function release(address: number, wanted: number): void {
    const bytes = aligned(wanted)
    const addresses = released.get(bytes) ?? []
    released.set(bytes, addresses)
    addresses.push(address)
  }

  return {
    run,
    get floats() {
      return floats
    },
    get words() {
      return words
    },
    allocate,
    release,
    scratch: (bytes) => {
      if (bytes > scratch.bytes) {
        release(scratch.address, scratch.bytes)
        scratch = { address: allocate(bytes), bytes }
      }
      return scratch.address
    },
  }
}
