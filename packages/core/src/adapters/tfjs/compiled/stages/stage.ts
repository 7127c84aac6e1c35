import type { Kernel } from '../kernel.ts'
import type { InputGradientNames } from '../kernels/convolution-input.ts'
import type { GradientPlace } from '../kernels/gradient-place.ts'
import type { Tuning } from '../tuning.ts'

export interface StageNames {
  readonly x: string
  readonly y: string
}

/** `dx` is undefined for the stage behind which nothing learns. */
export interface BackwardNames extends Omit<InputGradientNames, 'dx'> {
  readonly dx: string | undefined
}

/**
 * One layer of the step: it runs between the buffers `x` and `y`, and takes its error back between `dy` and `dx`.
 */
export interface Stage {
  /** Floats of `y`. */
  readonly outputs: number
  /** Whether y came out of a ReLU: whoever follows puts its mask on the error, so that `dy` comes masked. */
  readonly relu: boolean
  /** Floats of buffers of its own. */
  readonly buffers?: ReadonlyMap<string, number>
  forward(names: StageNames): readonly Kernel[]
  /** Forward for whoever evaluates, where that is something else. */
  evaluate?(names: StageNames): readonly Kernel[]
  backward(names: BackwardNames): readonly Kernel[]
}

/** What a stage needs to know of the step that it is part of. */
export interface StageSetting {
  readonly batch: number
  readonly tuning: Tuning
  /** Number of the layer in its model. */
  readonly layer: number
  /** Where its parameters begin, in floats, and where their gradients go. */
  readonly offset: number
  readonly place: GradientPlace
  /** Where what becomes of its statistics begins in the buffer `statistics`, in floats. */
  readonly statisticsAt: number
  /** The word of a step's record that holds the seed of its dropout. */
  readonly seedWord: number
}
