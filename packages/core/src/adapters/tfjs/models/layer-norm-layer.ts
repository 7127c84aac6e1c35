import { type Rank, reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import type { NetworkLayer } from './network-layer.ts'
import { layerNorm, layerNormGradients } from './row-norm.ts'

/** Layer norm over the last axis; owns gamma and beta. */
export function layerNormLayer(epsilon: number, arithmetic: Arithmetic): NetworkLayer {
  const normed = (input: Tensor, [gamma, beta]: readonly Tensor[]) =>
    layerNorm(rowsOf(input), gamma as Tensor, beta as Tensor, epsilon)
  return {
    owns: 2,
    forward: (input, params) => reshape(normed(input, params).output, input.shape),
    train: (input, params) => {
      const { output, normal, scale } = normed(input, params)
      return { output: reshape(output, input.shape), kept: [output, normal, scale] }
    },
    backward: ({ params: [gamma], input, kept, delta }) => {
      const [output, normal, scale] = kept as readonly [Tensor2D, Tensor2D, Tensor2D]
      const back = layerNormGradients({ output, normal, scale }, gamma as Tensor, rowsOf(delta), arithmetic)
      return { params: [back.gain, back.bias], input: reshape(back.input, input.shape) }
    },
  }
}

function rowsOf(x: Tensor): Tensor2D {
  const width = x.shape.at(-1) ?? 1
  return reshape<Rank.R2>(x, [x.size / width, width])
}
