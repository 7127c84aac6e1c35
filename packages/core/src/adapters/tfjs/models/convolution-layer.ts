import { engine, fused, mul, reshape, step, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import type { NetworkLayer } from './network-layer.ts'

const settings = { strides: 1, pad: 'valid', dataFormat: 'NHWC' } as const

/** relu(x * kernel + bias), stride 1, 'valid': [batch, height, width, channels]. */
export const convolutionLayer = (arithmetic: Arithmetic): NetworkLayer => ({
  owns: 2,
  forward: (input, [kernel, bias]) =>
    fused.conv2d({
      ...settings,
      x: input as Tensor4D,
      filter: kernel as Tensor4D,
      bias: bias as Tensor,
      activation: 'relu',
    }),
  backward: ({ params: [kernel], input, output, delta, wantsInput }) => {
    const dy = mul<Tensor>(delta, step(output))
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
})
