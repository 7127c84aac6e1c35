import { mul, step, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core'
import type { Activation, Arithmetic } from '../arithmetic/arithmetic.ts'
import type { NetworkLayer } from './network-layer.ts'

/** activation(x kernel + bias). */
export function denseLayer(activation: Activation, arithmetic: Arithmetic): NetworkLayer {
  return {
    owns: 2,
    forward: (input, [kernel, bias]) =>
      arithmetic.dense(input as Tensor2D, kernel as Tensor2D, bias as Tensor1D, activation),
    backward: ({ params: [kernel], input, output, delta, ones, wantsInput }) => {
      const inner = (activation === 'relu' ? mul<Tensor>(delta, step(output)) : delta) as Tensor2D
      const gradients = arithmetic.denseGradients(input as Tensor2D, inner, ones)
      return {
        params: [gradients.kernel, gradients.bias],
        input: wantsInput ? arithmetic.productTransposed(inner, kernel as Tensor2D) : undefined,
      }
    },
  }
}
