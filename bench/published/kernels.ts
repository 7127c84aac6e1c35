import { convolutionWasm } from './convolution.wasm.ts'
import { denseWasm } from './dense.wasm.ts'

/** What convolution.wat exports. Addresses, lengths and strides are in bytes; groups, floats, rows and pixels count. */
interface ConvolutionKernels {
  list(
    entries: number,
    starts: number,
    floats: number,
    groups: number,
    groupFloats: number,
    groupStride: number,
    stride: number,
  ): number
  listChannel(
    entries: number,
    floats: number,
    pixelBytes: number,
    rows: number,
    pixels: number,
    rowStride: number,
    stride: number,
  ): number
  convolve16(
    out: number,
    starts: number,
    weights: number,
    shift: number,
    window: number,
    pixels: number,
  ): void
  convolve32(
    out: number,
    bias: number,
    starts: number,
    startsRow: number,
    weights: number,
    weightsRow: number,
    shift: number,
    window: number,
    pixels: number,
  ): void
  scatter(out: number, outRow: number, starts: number, weights: number, pixels: number): void
  correlate(out: number, matrix: number, tapStride: number, first: number, end: number): void
}

/** What dense.wat exports. Addresses, lengths and strides are in bytes; `tiles`, `inner`, `rows` and `pixels` count. */
interface DenseKernels {
  multiply(
    c: number,
    cTile: number,
    cRow: number,
    a: number,
    aTile: number,
    aRow: number,
    b: number,
    tiles: number,
    inner: number,
    aInner: number,
    bInner: number,
  ): void
  fillRows(out: number, vector: number, rowBytes: number, rows: number): void
  sumRows(out: number, matrix: number, rowBytes: number, rows: number): void
  rectify(floats: number, bytes: number): void
  rectifyBack(gradient: number, values: number, bytes: number): void
  pool(out: number, top: number, rowBytes: number, pixelBytes: number, pixels: number): void
  poolBack(
    top: number,
    pooled: number,
    gradient: number,
    rowBytes: number,
    pixelBytes: number,
    pixels: number,
  ): void
  squareSum(floats: number, bytes: number): number
  descend(
    params: number,
    gradient: number,
    velocity: number,
    bytes: number,
    scale: number,
    rate: number,
    decay: number,
  ): void
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

/** One instance of both modules and their memory. */
export interface Memory {
  readonly run: ConvolutionKernels & DenseKernels
  /** The whole memory, element i at address 4 i. Another array after each `allocate`: ask anew. */
  readonly floats: Float32Array<ArrayBuffer>
  /** The same memory as integers. */
  readonly words: Int32Array<ArrayBuffer>
  /** The address of that much room, a multiple of 16, filled with zeros, never given back. */
  allocate(bytes: number): number
}

const pageBytes = 65_536

export function createMemory(): Memory {
  const memory = new WebAssembly.Memory({ initial: 1 })
  const instantiate = <T>(base64: string): T => {
    const module = new WebAssembly.Module(Buffer.from(base64, 'base64'))
    return new WebAssembly.Instance(module, { env: { memory } }).exports as T
  }
  const run = {
    ...instantiate<ConvolutionKernels>(convolutionWasm),
    ...instantiate<DenseKernels>(denseWasm),
  }
  let floats = new Float32Array(memory.buffer)
  let words = new Int32Array(memory.buffer)
  let end = 0
  return {
    run,
    get floats() {
      return floats
    },
    get words() {
      return words
    },
    allocate: (bytes) => {
      const address = end
      end += 16 * Math.ceil(bytes / 16)
      const missing = end - memory.buffer.byteLength
      if (missing > 0) {
        memory.grow(Math.ceil(missing / pageBytes))
        floats = new Float32Array(memory.buffer)
        words = new Int32Array(memory.buffer)
      }
      return address
    },
  }
}
