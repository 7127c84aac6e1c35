import { engine, fused, mul, reshape, step, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import type { Activation, Window } from '../../../task/layer.ts'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import type { NetworkLayer } from './network-layer.ts'

/** activation(x * kernel + bias), each channel on its own: [batch, height, width, channels]. */
export function depthwiseLayer(
  { stride, padding, activation }: Window & { readonly activation: Activation },
  arithmetic: Arithmetic,
): NetworkLayer {
  return {
    owns: 2,
    forward: (input, [kernel, bias]) =>
      fused.depthwiseConv2d({
        x: input as Tensor4D,
        filter: kernel as Tensor4D,
        bias: bias as Tensor,
        strides: stride,
        pad: padding,
        activation,
      }),
    backward: ({ params: [kernel], input, output, delta, wantsInput }) => {
      const dy = activation === 'relu' ? mul<Tensor>(delta, step(output)) : delta
      const settings = { strides: [stride, stride], pad: padding, dilations: [1, 1] }
      const filterGradient: Tensor = engine().runKernel(
        'DepthwiseConv2dNativeBackpropFilter',
        { x: input, dy },
        { ...settings, filterShape: (kernel as Tensor4D).shape },
      )
      const inputGradient = (): Tensor =>
        engine().runKernel(
          'DepthwiseConv2dNativeBackpropInput',
          { dy, filter: kernel as Tensor4D },
          { ...settings, inputShape: input.shape },
        )
      const [channels = 1] = dy.shape.slice(-1)
      return {
        params: [filterGradient, arithmetic.rowSums(reshape(dy, [dy.size / channels, channels]))],
        input: wantsInput ? inputGradient() : undefined,
      }
    },
  }
}
