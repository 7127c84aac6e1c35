import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'

export interface Gradients {
  /** [batch, classes], adjustment included. */
  readonly logits: Tensor2D
  /** In layout order: of the SUM of the batch's losses; the optimizer divides by the batch size. */
  readonly gradients: Tensor[]
}

/** A model's mathematics on tensors in layout order. Both functions run inside a `tidy` of the caller. */
export interface Network {
  /** Logits without adjustment, [examples, classes], of inputs [examples, pixels]. */
  logits(params: readonly Tensor[], inputs: Tensor2D): Tensor2D
  /**
   * Softmax cross-entropy on logits + adjustment in closed form: its gradient at the logits is
   * softmax(logits + adjustment) - one-hot, so no loss is ever differentiated.
   */
  gradients(params: readonly Tensor[], batch: TensorBatch): Gradients
}

export interface TensorBatch {
  /** [batch, pixels] */
  readonly inputs: Tensor2D
  /** [batch, classes] */
  readonly oneHot: Tensor2D
  /** [1, batch], all ones. */
  readonly ones: Tensor2D
  /** [classes], added to the logits; undefined: nothing is. */
  readonly adjustment: Tensor | undefined
}
