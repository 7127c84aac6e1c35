import type { Loops } from './loops.ts'
import { bytesOnHeap, type WasmKernel } from './wasm-heap.ts'

/** Name of a kernel that tfjs does not know. */
export const fromBytesName = 'FromBytes'

export interface FromBytes {
  readonly bytes: Uint8Array
  readonly shape: readonly number[]
  readonly unit: number
}

/** unit x every byte, as a tensor of floats: a host that turns bytes into floats takes longer than it takes to copy both. */
export const fromBytes =
  (loops: Loops): WasmKernel<object, FromBytes> =>
  ({ backend, attrs: { bytes, shape, unit } }) => {
    const output = backend.makeOutput(shape, 'float32')
    if (loops.isInPlace(backend)) {
      const input = bytesOnHeap(backend, bytes)
      loops.run(backend, { loop: 'scaleBytes', inputs: [input], output, sizes: [bytes.length, unit] })
      backend.disposeData(input.dataId)
    } else {
      const to = backend.typedArrayFromHeap(output)
      for (let i = 0; i < bytes.length; i++) to[i] = (bytes[i] ?? 0) * unit
    }
    return output
  }
