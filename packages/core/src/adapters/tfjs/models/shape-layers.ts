import { engine, maxPool, reshape, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import type { NetworkLayer } from './network-layer.ts'

/** The largest of every square of pixels; its gradient goes to the pixel that was the largest. */
export function maxPoolLayer(size: number): NetworkLayer {
  return {
    owns: 0,
    forward: (input) => maxPool(input as Tensor4D, size, size, 'valid'),
    backward: ({ input, output, delta, wantsInput }) => {
      const settings = { filterSize: size, strides: size, pad: 'valid' }
      const gradient = (): Tensor => engine().runKernel('MaxPoolGrad', { dy: delta, input, output }, settings)
      return { params: [], input: wantsInput ? gradient() : undefined }
    },
  }
}

/** The same values in another shape of one example. */
export function reshapeLayer(shape: readonly number[]): NetworkLayer {
  return {
    owns: 0,
    forward: (input) => reshape(input, [input.shape[0] ?? 0, ...shape]),
    backward: ({ input, delta, wantsInput }) => ({
      params: [],
      input: wantsInput ? reshape(delta, input.shape) : undefined,
    }),
  }
}
