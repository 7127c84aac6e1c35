import { allFinite } from '../../../params/vector.ts'
import type { Trained } from '../../../ports.ts'
import type { BackendOptions } from '../backends/device.ts'

export interface CompileOptions extends BackendOptions {
  /** Examples of a step. Default 32; fewer where there are fewer. */
  readonly batchSize?: number
  /** Of the order of examples. Default 1. */
  readonly seed?: number
}

/** A model in training. Operations come one at a time. */
export interface ModelTraining {
  /** Why training is slower than it might be here, as a sentence; undefined where it is not. */
  readonly note: string | undefined
  /**
   * Makes so many steps; then the model's variables hold the result, so that predicting, evaluating and saving go on through
   * tfjs. Variables that were changed in between (`setWeights`, a merge) are where it begins, and it goes by the optimizer,
   * the loss and the frozen layers of that moment. Where training runs away, the loss is not finite, the variables are those
   * from before the call, and what an optimizer remembers begins anew (that of tfjs, where `note` says so, does not).
   */
  train(steps: number): Promise<Trained>
  /** The model stays as it is. */
  dispose(): void
}

/** What a way to train says of steps that led to these values: where they are not finite, neither is the loss. */
export const judged = (trained: Trained, values: readonly Float32Array[]): Trained =>
  // The loss of the last step is of the weights before it, and may have been finite yet.
  Number.isFinite(trained.loss) && !values.every(allFinite)
    ? { ...trained, loss: Number.POSITIVE_INFINITY }
    : trained
