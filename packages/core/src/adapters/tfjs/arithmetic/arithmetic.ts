import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'

export type Activation = 'relu' | 'linear'

/**
 * What training spends its time on, in the tfjs operations that a backend runs fastest. Results belong to the
 * caller (or to the surrounding `tidy`).
 */
export interface Arithmetic {
  /** activation(x kernel + bias): [m, k], [k, n], [n] -> [m, n]. */
  dense(x: Tensor2D, kernel: Tensor2D, bias: Tensor1D, activation: Activation): Tensor2D
  /** a^T b, the gradient of a kernel: [m, k], [m, n] -> [k, n]. */
  transposedProduct(a: Tensor2D, b: Tensor2D): Tensor2D
  /** a b^T, the gradient of an input: [m, k], [n, k] -> [m, n]. */
  productTransposed(a: Tensor2D, b: Tensor2D): Tensor2D
  /** Sums over rows, the gradient of a bias: [m, n] -> [n]. `ones` is [1, m]. */
  columnSums(a: Tensor2D, ones: Tensor2D): Tensor1D
  /** Over the last axis. */
  softmax(logits: Tensor2D): Tensor2D
  /** Sum of squares of all elements of all tensors. */
  squaredNorm(tensors: readonly Tensor[]): Scalar
}
