import { add, conv2d, engine, mul, relu, step, sum, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import type { NetworkLayer } from './network-layer.ts'

const settings = { strides: 1, pad: 'valid', dataFormat: 'NHWC' } as const

/** relu(x * kernel + bias), stride 1, 'valid': [batch, height, width, channels]. */
export const convolutionLayer: NetworkLayer = {
  owns: 2,
  forward: (input, [kernel, bias]) =>
    relu(add<Tensor>(conv2d(input as Tensor4D, kernel as Tensor4D, 1, 'valid'), bias as Tensor)),
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
    return {
      params: [filterGradient, sum(dy, [0, 1, 2])],
      input: wantsInput ? inputGradient() : undefined,
    }
  },
}
