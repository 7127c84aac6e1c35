import {
  add,
  maximum,
  mul,
  type Rank,
  reshape,
  rsqrt,
  square,
  sub,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import type { BatchNormSettings } from '../../../task/layer.ts'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import type { NetworkLayer } from './network-layer.ts'

/**
 * Batch norm (Ioffe and Szegedy 2015, arXiv 1502.03167) over all axes but the last; owns gamma, beta, moving mean and
 * moving variance. Training norms by the batch and lets the moving statistics follow it, evaluation norms by them.
 */
export function batchNormLayer(
  { momentum, epsilon }: BatchNormSettings,
  arithmetic: Arithmetic,
): NetworkLayer {
  const followed = (moving: Tensor, batch: Tensor): Tensor =>
    add(mul(moving, momentum), mul(batch, 1 - momentum))
  return {
    owns: 4,
    forward: (input, [gamma, beta, mean, variance]) => {
      // A merge may have made a variance of a stranger's model negative.
      const scale = mul<Tensor>(rsqrt(add(maximum(variance as Tensor, 0), epsilon)), gamma as Tensor)
      return add(mul(input, scale), sub(beta as Tensor, mul(mean as Tensor, scale)))
    },
    train: (input, [gamma, beta, movingMean, movingVariance]) => {
      const x = rowsOf(input)
      const share = 1 / x.shape[0]
      const mean = mul<Tensor>(arithmetic.rowSums(x), share)
      const centered = sub<Tensor2D>(x, mean)
      const variance = mul<Tensor>(arithmetic.rowSums(square(centered)), share)
      const scale = rsqrt(add<Tensor>(variance, epsilon))
      const normal = mul<Tensor2D>(centered, scale)
      const output = add<Tensor>(mul(normal, gamma as Tensor), beta as Tensor)
      return {
        output: reshape(output, input.shape),
        kept: [normal, scale],
        statistics: new Map([
          [2, followed(movingMean as Tensor, mean)],
          [3, followed(movingVariance as Tensor, variance)],
        ]),
      }
    },
    // With n the normal, s the scale and N the rows: dx = s gamma / N (N d - sum(d) - n sum(d n)).
    backward: ({ params: [gamma], input, kept: [normal, scale], delta, wantsInput }) => {
      const d = rowsOf(delta)
      const alongSum = arithmetic.rowSums(mul(d, normal as Tensor2D))
      const sum = arithmetic.rowSums(d)
      const inputGradient = (): Tensor => {
        const share = 1 / d.shape[0]
        const spread = sub<Tensor>(sub(d, mul(sum, share)), mul(normal as Tensor2D, mul(alongSum, share)))
        return reshape(mul(spread, mul(gamma as Tensor, scale as Tensor)), input.shape)
      }
      return { params: [alongSum, sum], input: wantsInput ? inputGradient() : undefined }
    },
  }
}

function rowsOf(x: Tensor): Tensor2D {
  const channels = x.shape.at(-1) ?? 1
  return reshape<Rank.R2>(x, [x.size / channels, channels])
}
