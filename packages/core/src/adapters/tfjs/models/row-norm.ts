import { add, mean, mul, rsqrt, square, sub, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'

/** Keeps rows of one value in a transformer from being divided by zero. */
export const normEpsilon = 1e-5

/** Layer norm (Ba et al. 2016, arXiv 1607.06450) over the rows of [rows, width]. */
export interface Normed {
  /** normal * gain + bias */
  readonly output: Tensor2D
  /** (x - mean) / sqrt(variance + epsilon) */
  readonly normal: Tensor2D
  /** 1 / sqrt(variance + epsilon) of each row, [rows, 1]. */
  readonly scale: Tensor2D
}

export interface NormGradients {
  readonly input: Tensor2D
  readonly gain: Tensor
  readonly bias: Tensor
}

export function layerNorm(x: Tensor2D, gain: Tensor, bias: Tensor, epsilon: number): Normed {
  const centered = sub<Tensor2D>(x, mean(x, 1, true))
  const scale = rsqrt(add<Tensor2D>(mean(square(centered), 1, true), epsilon))
  const normal = mul<Tensor2D>(centered, scale)
  return { output: add(mul(normal, gain), bias), normal, scale }
}

/** With n the normal and d = delta * gain: dx = scale (d - mean(d) - n mean(d n)). */
export function layerNormGradients(
  { normal, scale }: Normed,
  gain: Tensor,
  delta: Tensor2D,
  arithmetic: Arithmetic,
): NormGradients {
  const slope = mul<Tensor2D>(delta, gain)
  const along = mul<Tensor2D>(normal, mean(mul(slope, normal), 1, true))
  return {
    input: mul(scale, sub(sub(slope, mean(slope, 1, true)), along)),
    gain: arithmetic.rowSums(mul(delta, normal)),
    bias: arithmetic.rowSums(delta),
  }
}
