import type { TensorInfo } from '@tensorflow/tfjs-core'
import { elements } from '../../../params/layout.ts'
import type { Loops } from './loops.ts'
import type { WasmKernel } from './wasm-heap.ts'

/** Names of kernels that tfjs does not know. */
export const updateKernels = { squaredNorm: 'SquaredNorm', descent: 'Descent' } as const

/** Sum of squares of all elements of all inputs, whatever their names: one pass, where tfjs takes two for each. */
export const squaredNorm =
  (loops: Loops): WasmKernel<Readonly<Record<string, TensorInfo>>, object> =>
  ({ inputs, backend }) => {
    const output = backend.makeOutput([], 'float32')
    backend.typedArrayFromHeap(output).fill(0)
    for (const x of Object.values(inputs)) {
      if (loops.run(backend, { loop: 'addSquares', inputs: [x], output, sizes: [elements(x.shape)] }))
        continue
      const values = backend.typedArrayFromHeap(x)
      const sum = values.reduce((sum, value) => sum + value * value, 0)
      backend.typedArrayFromHeap(output)[0] = (backend.typedArrayFromHeap(output)[0] ?? 0) + sum
    }
    return output
  }

export interface DescentInputs {
  readonly x: TensorInfo
  /** One number. */
  readonly rate: TensorInfo
  readonly gradient: TensorInfo
}

/** x - rate gradient in one pass. */
export const descent =
  (loops: Loops): WasmKernel<DescentInputs, object> =>
  ({ inputs: { x, rate, gradient }, backend }) => {
    const output = backend.makeOutput(x.shape, 'float32')
    const sizes = [elements(x.shape)]
    if (loops.run(backend, { loop: 'descend', inputs: [x, rate, gradient], output, sizes })) return output
    const from = backend.typedArrayFromHeap(x)
    const along = backend.typedArrayFromHeap(gradient)
    const [factor = 0] = backend.typedArrayFromHeap(rate)
    const to = backend.typedArrayFromHeap(output)
    for (let i = 0; i < to.length; i++) to[i] = (from[i] ?? 0) - factor * (along[i] ?? 0)
    return output
  }
