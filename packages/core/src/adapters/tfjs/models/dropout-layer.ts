import { mul, type Tensor, tensor } from '@tensorflow/tfjs-core'
import { dropoutMask, saltOf } from '../dropout-mask.ts'
import type { NetworkLayer } from './network-layer.ts'

/** Dropout of layer `index`: in training a share `rate` of the values is zero and the others are scaled up. */
export function dropoutLayer(rate: number, index: number): NetworkLayer {
  const salt = saltOf(index)
  return {
    owns: 0,
    forward: (input) => input.clone(),
    train: (input, _, seed) => {
      const mask = tensor(dropoutMask(input.size, rate, seed ^ salt), input.shape)
      return { output: mul(input, mask), kept: [mask] }
    },
    backward: ({ kept: [mask], delta, wantsInput }) => ({
      params: [],
      input: wantsInput ? mul(delta, mask as Tensor) : undefined,
    }),
  }
}
