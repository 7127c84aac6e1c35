import {
  addN,
  fused,
  matMul,
  mul,
  type Rank,
  reshape,
  type Scalar,
  softmax,
  square,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import type { Arithmetic } from './arithmetic.ts'

/** tfjs as it comes, in as few dispatches as it allows: for GPUs, and for plain JavaScript. */
export const deviceArithmetic: Arithmetic = {
  dense: (x, kernel, bias, activation) => fused.matMul({ a: x, b: kernel, bias, activation }) as Tensor2D,
  denseGradients: (input, delta, ones) => ({
    kernel: matMul<Tensor2D>(input, delta, true, false),
    bias: biasGradient(delta, ones),
  }),
  productTransposed: (a, b) => matMul<Tensor2D>(a, b, false, true),
  rowSums: (x) => sum(x, 0),
  softmax: (logits) => softmax(logits),
  squaredNorm: (tensors) => addN(tensors.map((part) => sum<Scalar>(square(part)))),
  descent: (x, rate, gradient) => sub(x, mul(rate, gradient)),
}

/** One product, where a sum over the first axis is a transpose and a reduction. */
const biasGradient = (delta: Tensor2D, ones: Tensor2D): Tensor1D =>
  reshape<Rank.R1>(matMul(ones, delta), [delta.shape[1]])
