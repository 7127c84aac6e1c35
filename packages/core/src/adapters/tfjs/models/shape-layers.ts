import {
  avgPool,
  engine,
  maxPool,
  mul,
  relu,
  reshape,
  step,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core'
import type { Window } from '../../../task/layer.ts'
import type { NetworkLayer } from './network-layer.ts'

/** The largest of every window of pixels; its gradient goes to the pixel that was the largest. */
export function maxPoolLayer({ kernel, stride, padding }: Window): NetworkLayer {
  return {
    owns: 0,
    forward: (input) => maxPool(input as Tensor4D, kernel, stride, padding),
    backward: ({ input, output, delta, wantsInput }) => {
      const settings = { filterSize: kernel, strides: stride, pad: padding }
      const gradient = (): Tensor => engine().runKernel('MaxPoolGrad', { dy: delta, input, output }, settings)
      return { params: [], input: wantsInput ? gradient() : undefined }
    },
  }
}

/** The mean of every window of pixels, each of which gets an equal part of its gradient. */
export function averagePoolLayer({ kernel, stride, padding }: Window): NetworkLayer {
  return {
    owns: 0,
    forward: (input) => avgPool(input as Tensor4D, kernel, stride, padding),
    backward: ({ input, delta, wantsInput }) => {
      const settings = { filterSize: kernel, strides: stride, pad: padding }
      const gradient = (): Tensor => engine().runKernel('AvgPoolGrad', { dy: delta, input }, settings)
      return { params: [], input: wantsInput ? gradient() : undefined }
    },
  }
}

export const reluLayer: NetworkLayer = {
  owns: 0,
  forward: (input) => relu(input),
  backward: ({ output, delta, wantsInput }) => ({
    params: [],
    input: wantsInput ? mul(delta, step(output)) : undefined,
  }),
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
