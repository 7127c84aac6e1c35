import { base64Bytes } from '../lib/bytes.ts'
import { float16Value } from '../params/float16.ts'
import { blockLength, blocksOf, inverseOf, scaleBits } from './int8-blocks.ts'
import { kernelsWasm } from './kernels.wasm.ts'
import type { Loops } from './loops.ts'

/** What kernels.wat exports. */
interface Kernels {
  largest(floats: number, count: number): number
  quantise(codes: number, floats: number, count: number, inverse: number): void
  dequantise(floats: number, codes: number, count: number, scale: number): void
  packHalves(halves: number, floats: number, count: number): void
  unpackHalves(floats: number, halves: number, count: number): number
}

/** Values that go through the module's memory at a time: small enough to stay in the processor's cache. */
const chunkLength = 8192
const smallAt = 4 * chunkLength

const notFiniteFrom = 0x7f800000

/** Loops as WebAssembly SIMD, several times faster. Undefined where there is no WebAssembly, or none with SIMD. */
export function simdLoops(): Loops | undefined {
  const loaded = loadKernels()
  if (loaded === undefined) return undefined
  const { kernels, memory } = loaded
  const floats = new Float32Array(memory.buffer, 0, chunkLength)
  const magnitude = new Float32Array(1)
  const magnitudeBits = new Int32Array(magnitude.buffer)
  const halfBytes = new Uint8Array(memory.buffer, smallAt, 2 * chunkLength)
  const codes = new Int8Array(memory.buffer, smallAt, chunkLength)

  /** Brings values in, with zeros behind them up to a whole number of vectors; how many that makes comes back. */
  function load(values: Float32Array, start: number, end: number): number {
    floats.set(values.subarray(start, end))
    const padded = paddedLength(end - start)
    floats.fill(0, end - start, padded)
    return padded
  }

  return {
    encodeFloat16: (values, bytes) => {
      for (let start = 0; start < values.length; start += chunkLength) {
        const end = Math.min(start + chunkLength, values.length)
        const padded = load(values, start, end)
        if (kernels.largest(0, padded) >= notFiniteFrom) return false
        kernels.packHalves(smallAt, 0, padded)
        bytes.set(halfBytes.subarray(0, 2 * (end - start)), 2 * start)
      }
      return true
    },

    decodeFloat16: (bytes, values) => {
      for (let start = 0; start < values.length; start += chunkLength) {
        const end = Math.min(start + chunkLength, values.length)
        halfBytes.set(bytes.subarray(2 * start, 2 * end))
        halfBytes.fill(0, 2 * (end - start), 2 * paddedLength(end - start))
        if (kernels.unpackHalves(0, smallAt, paddedLength(end - start)) >= 0x7c00) return false
        values.set(floats.subarray(0, end - start), start)
      }
      return true
    },

    encodeInt8: (values, bytes) => {
      const codesStart = 2 * blocksOf(values.length)
      const target = new Int8Array(bytes.buffer, bytes.byteOffset + codesStart, values.length)
      for (let start = 0; start < values.length; start += chunkLength) {
        const end = Math.min(start + chunkLength, values.length)
        const padded = load(values, start, end)
        for (let at = 0; at < padded; at += blockLength) {
          const length = Math.min(blockLength, padded - at)
          const bits = kernels.largest(4 * at, length)
          if (bits >= notFiniteFrom) return false
          magnitudeBits[0] = bits
          const scale = scaleBits(magnitude[0] ?? 0)
          const block = (start + at) / blockLength
          bytes[2 * block] = scale
          bytes[2 * block + 1] = scale >> 8
          kernels.quantise(smallAt + at, 4 * at, length, scale === 0 ? 0 : inverseOf(float16Value(scale)))
        }
        target.set(codes.subarray(0, end - start), start)
      }
      return true
    },

    decodeInt8: (bytes, values) => {
      const codesStart = 2 * blocksOf(values.length)
      const source = new Int8Array(bytes.buffer, bytes.byteOffset + codesStart, values.length)
      for (let start = 0; start < values.length; start += chunkLength) {
        const end = Math.min(start + chunkLength, values.length)
        codes.set(source.subarray(start, end))
        for (let at = 0; at < end - start; at += blockLength) {
          const block = (start + at) / blockLength
          const bits = (bytes[2 * block] ?? 0) | ((bytes[2 * block + 1] ?? 0) << 8)
          if (bits >= 0x7c00) return false
          kernels.dequantise(4 * at, smallAt + at, blockLength, float16Value(bits))
        }
        values.set(floats.subarray(0, end - start), start)
      }
      return true
    },
  }
}

const paddedLength = (count: number): number => 16 * Math.ceil(count / 16)

function loadKernels(): { kernels: Kernels; memory: WebAssembly.Memory } | undefined {
  try {
    const memory = new WebAssembly.Memory({ initial: 1 })
    const module = new WebAssembly.Module(base64Bytes(kernelsWasm))
    return { kernels: new WebAssembly.Instance<Kernels>(module, { env: { memory } }).exports, memory }
  } catch {
    return undefined
  }
}
