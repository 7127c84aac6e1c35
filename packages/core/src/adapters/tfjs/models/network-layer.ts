import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'

/** What a layer saw on the way forward, and what comes back to it. */
export interface BackwardPass {
  readonly params: readonly Tensor[]
  readonly input: Tensor
  readonly output: Tensor
  /** Gradient at the output. */
  readonly delta: Tensor
  /** [1, batch], all ones. */
  readonly ones: Tensor2D
  /** False for the layer that the examples enter: nobody asks for the gradient at its input. */
  readonly wantsInput: boolean
}

export interface LayerGradients {
  /** Of the layer's own parameters, in layout order. */
  readonly params: readonly Tensor[]
  /** At the input; undefined where nobody wants it. */
  readonly input: Tensor | undefined
}

/** One layer forward and backward, written out on tfjs operations: no tape. Runs inside a `tidy` of the caller. */
export interface NetworkLayer {
  /** How many parameter tensors are its own. */
  readonly owns: 0 | 2
  forward(input: Tensor, params: readonly Tensor[]): Tensor
  backward(pass: BackwardPass): LayerGradients
}
