import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'

/** What a layer saw on the way forward, and what comes back to it. */
export interface BackwardPass {
  readonly params: readonly Tensor[]
  readonly input: Tensor
  readonly output: Tensor
  /** What it kept for itself when it went forward in training. */
  readonly kept: readonly Tensor[]
  /** Gradient at the output. */
  readonly delta: Tensor
  /** [1, batch], all ones. */
  readonly ones: Tensor2D
  /** False for the layer that the examples enter: nobody asks for the gradient at its input. */
  readonly wantsInput: boolean
}

export interface LayerGradients {
  /** Of the layer's own parameters, in layout order; undefined for one that the way forward moves. */
  readonly params: readonly (Tensor | undefined)[]
  /** At the input; undefined where nobody wants it. */
  readonly input: Tensor | undefined
}

/** What going forward in training gives. */
export interface TrainingForward {
  readonly output: Tensor
  /** For the way back. */
  readonly kept: readonly Tensor[]
  /** What becomes of parameters that are statistics of what went through, by their place among the layer's own. */
  readonly statistics?: ReadonlyMap<number, Tensor>
}

/** One layer forward and backward, written out on tfjs operations: no tape. Runs inside a `tidy` of the caller. */
export interface NetworkLayer {
  /** How many parameter tensors are its own. */
  readonly owns: number
  forward(input: Tensor, params: readonly Tensor[]): Tensor
  /** Forward in training, for a layer that does something else there. `seed` is the step's, below 2^32. */
  train?(input: Tensor, params: readonly Tensor[], seed: number): TrainingForward
  backward(pass: BackwardPass): LayerGradients
}
