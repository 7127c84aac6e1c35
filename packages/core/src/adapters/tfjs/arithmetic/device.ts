import {
  addN,
  fused,
  matMul,
  type Rank,
  reshape,
  type Scalar,
  softmax,
  square,
  sum,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import type { Arithmetic } from './arithmetic.ts'

/** tfjs as it comes, in as few dispatches as it allows: for GPUs, and for plain JavaScript. */
export const deviceArithmetic: Arithmetic = {
  dense: (x, kernel, bias, activation) => fused.matMul({ a: x, b: kernel, bias, activation }) as Tensor2D,
  transposedProduct: (a, b) => matMul<Tensor2D>(a, b, true, false),
  productTransposed: (a, b) => matMul<Tensor2D>(a, b, false, true),
  // One dispatch, where a sum over the first axis is a transpose and a reduction.
  columnSums: (a, ones) => reshape<Rank.R1>(matMul(ones, a), [a.shape[1]]),
  softmax: (logits) => softmax(logits),
  squaredNorm: (tensors) => addN(tensors.map((part) => sum<Scalar>(square(part)))),
}
