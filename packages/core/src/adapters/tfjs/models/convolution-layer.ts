import { engine, fused, mul, reshape, step, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import type { Activation, Window } from '../../../task/layer.ts'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import type { NetworkLayer } from './network-layer.ts'

/** activation(x * kernel + bias): [batch, height, width, channels]. */
export function convolutionLayer(
  { stride, padding, activation }: Window & { readonly activation: Activation },
  arithmetic: Arithmetic,
): NetworkLayer {
  const settings = { strides: stride, pad: padding, dataFormat: 'NHWC' } as const
  return {
    owns: 2,
    forward: (input, [kernel, bias]) =>
      fused.conv2d({
        ...settings,
        x: input as Tensor4D,
        filter: kernel as Tensor4D,
        bias: bias as Tensor,
        activation,
      }),
    backward: ({ params: [kernel], input, output, delta, wantsInput }) => {
      const dy = activation === 'relu' ? mul<Tensor>(delta, step(output)) : delta
      const filterGradient: Tensor = engine().runKernel(
        'Conv2DBackpropFilter',
        { x: input, dy },
        { ...settings, filterShape: (kernel as Tensor4D).shape },
      )
      const inputGradient = (): Tensor =>
        engine().runKernel(
          'Conv2DBackpropInput',
          { dy, filter: kernel as Tensor4D },
          { ...settings, inputShape: input.shape },
        )
      const [filters = 1] = dy.shape.slice(-1)
      const biasGradient = arithmetic.rowSums(reshape(dy, [dy.size / filters, filters]))
      return {
        params: [filterGradient, biasGradient],
        input: wantsInput ? inputGradient() : undefined,
      }
    },
  }
}
