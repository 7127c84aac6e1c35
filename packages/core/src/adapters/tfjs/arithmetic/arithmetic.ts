import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'

export type Activation = 'relu' | 'linear'

export interface DenseGradients {
  readonly kernel: Tensor2D
  readonly bias: Tensor1D
}

/**
 * What training spends its time on, in the tfjs operations that a backend runs fastest. Results belong to the
 * caller (or to the surrounding `tidy`).
 */
export interface Arithmetic {
  /** activation(x kernel + bias): [m, k], [k, n], [n] -> [m, n]. */
  dense(x: Tensor2D, kernel: Tensor2D, bias: Tensor1D, activation: Activation): Tensor2D
  /** Kernel: input^T delta, [m, k], [m, n] -> [k, n]. Bias: delta's sums over rows, [n]. `ones` is [1, m]. */
  denseGradients(input: Tensor2D, delta: Tensor2D, ones: Tensor2D): DenseGradients
  /** a b^T, the gradient of an input: [m, k], [n, k] -> [m, n]. */
  productTransposed(a: Tensor2D, b: Tensor2D): Tensor2D
  /** Sums over many rows: [m, n] -> [n]. */
  rowSums(x: Tensor2D): Tensor1D
  /** Over the last axis. */
  softmax(logits: Tensor2D): Tensor2D
  /** Sum of squares of all elements of all tensors. */
  squaredNorm(tensors: readonly Tensor[]): Scalar
  /** x - rate gradient. */
  descent(x: Tensor, rate: Scalar, gradient: Tensor): Tensor
  /** unit x every byte, where that is faster than floats from the host; the bytes are only read. */
  fromBytes?(bytes: Uint8Array, shape: readonly [number, number], unit: number): Tensor2D
  /**
   * x + share (y - x) for all parameters and the model y that bytes of codec int8 stand for, where that is one pass; they
   * are only read, and their scales were checked.
   */
  approach?(params: readonly Tensor[], bytes: Uint8Array, share: number): Tensor[]
}
