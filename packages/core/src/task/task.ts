import type { CodecName } from '../codec/codec.ts'
import type { OptionValues } from '../strategy/options.ts'
import type { StrategyName } from '../strategy/strategies.ts'
import type { LayerSpec } from './layer-spec.ts'
import type { TextSpec } from './text.ts'
import type { TransformerSpec } from './transformer.ts'

export type { ActivationSpec, LayerSpec } from './layer-spec.ts'
export type { TextSpec } from './text.ts'
export type { TransformerSpec } from './transformer.ts'

/** What a room shares. Its canonical JSON hashes to the task id, so peers with different settings never meet. */
export interface Task {
  readonly version: 1
  /** 1 to 64 of a-z, 0-9 and '-'. */
  readonly name: string
  readonly data: DataSpec
  readonly model: ModelSpec | KerasSpec
  readonly training: {
    readonly optimizer: OptimizerSpec
    /** Examples in a step, 1 to 1024; of text they are windows. */
    readonly batchSize: number
    /** Largest global L2 norm of a step's gradient; a larger one is scaled down to it. 0: no clipping. Default 2. */
    readonly clipNorm?: number
    /**
     * Adds the log prior of the peer's own labels to the logits, in training only. Default true; for text false: how
     * often a token comes is part of what a language model is to learn, and is what it is evaluated by. For
     * numbers it means nothing.
     */
    readonly logitAdjustment?: boolean
    /**
     * mu of FedProx (Li et al. 2020, arXiv 1812.06127), 0 to 100: adds mu (w - anchor) to the gradient, where the anchor
     * is what the last merge left, or the start. Default 0.
     */
    readonly proximal?: number
  }
  readonly gossip?: Partial<GossipSpec>
  /** Every peer draws the same initial weights from it; 0 to 2^32 - 1. */
  readonly seed: number
}

export type DataSpec = ImageSpec | TableSpec | TextSpec

/** With `classes`, or with a `target`. */
export interface ImageSpec {
  readonly kind: 'image'
  /** Height, width (at most 512) and channels (at most 4) of one example. */
  readonly shape: readonly [number, number, number]
  /** Names of the classes in label order, 2 to 256. */
  readonly classes?: readonly string[]
  /** A number that is learned instead of a class. */
  readonly target?: NumberTarget
}

/** Rows of numbers; for layers that take no images. */
export interface TableSpec {
  readonly kind: 'table'
  /** What the numbers of a row are, in their order; 1 to 4096 different names. Numbers around 0 to 1 in size learn best. */
  readonly columns: readonly string[]
  readonly target: ClassTarget | NumberTarget
}

/** Learned by softmax cross-entropy. */
export interface ClassTarget {
  readonly kind: 'class'
  /** Names of the classes in label order, 2 to 256. */
  readonly classes: readonly string[]
}

/** Learned by mean squared error. Labels are the numbers themselves, in whatever unit they have. */
export interface NumberTarget {
  readonly kind: 'number'
  readonly name: string
  /**
   * Of the room's targets, roughly: the model learns (number - mean) / deviation, so that a loss of 1 is that of always
   * saying the mean, whatever the unit.
   */
  readonly mean: number
  /** Above 0. */
  readonly deviation: number
}

export type ModelSpec =
  | {
      readonly kind: 'mlp'
      /** Units of each hidden ReLU layer, at most 8 layers; an empty list is softmax regression. */
      readonly hidden: readonly number[]
    }
  | {
      readonly kind: 'cnn'
      /** Filters of each 3x3 convolution ('valid', ReLU), each followed by 2x2 max pooling; 1 to 4 of them. */
      readonly filters: readonly number[]
      /** Units of each dense ReLU layer after flattening, at most 4. */
      readonly hidden: readonly number[]
    }
  | {
      readonly kind: 'layers'
      /** At most 64, one after another; the last, dense and linear with a unit for each class or for the number, comes by itself. */
      readonly layers: readonly LayerSpec[]
    }
  /** For text, and only for text. */
  | TransformerSpec

/** A Keras `Sequential` that `fromKeras` takes, for a model of kind `layers` with the same layers. */
export interface KerasSpec {
  readonly kind: 'layers'
  /** As `model.toJSON(null, false)` of tfjs gives it; what goes in and what comes out must be what the data say. */
  readonly topology: unknown
}

/** How a gradient becomes a step. `learningRate` is above 0 and at most 10. */
export type OptimizerSpec =
  | { readonly kind: 'sgd'; readonly learningRate: number }
  | {
      /** v <- momentum v + g, x <- x - learningRate v. */
      readonly kind: 'momentum'
      readonly learningRate: number
      /** 0 to 0.999. Default 0.9. */
      readonly momentum?: number
    }
  | { readonly kind: 'adam'; readonly learningRate: number }
  | {
      /** Adam, and every parameter shrinks by learningRate x weightDecay of itself in each step (arXiv 1711.05101). */
      readonly kind: 'adamw'
      readonly learningRate: number
      /** 0 to 10. Default 0.01. */
      readonly weightDecay?: number
    }

type Complete<T> = T extends unknown ? Required<T> : never

/** An optimizer with its defaults filled in. */
export type CompleteOptimizer = Complete<OptimizerSpec>

export interface GossipSpec {
  /** How peers talk and what a merge does. Default swap. */
  readonly strategy: StrategyName
  /** Of the strategy, by name; those that are not given have the strategy's defaults. */
  readonly options: OptionValues
  /** How weights travel. Default int8. */
  readonly codec: CodecName
  /** Local steps between exchanges; 'auto' (default) adapts to what link and device give for free. */
  readonly everySteps: number | 'auto'
  /**
   * With `everySteps` a number: 'steps' (default) makes that many between exchanges on every peer; 'time' makes it so
   * many on the fastest peer around and fewer on slower ones, in proportion to their speed, so that all exchange
   * equally often (DyLU, arXiv 2401.09135; FedCompass, arXiv 2309.14675).
   */
  readonly pace: 'steps' | 'time'
  /**
   * What served models count by in the final merge: the examples that they stand for, and less where their loss on own
   * examples is higher than that of the own model (default), or the examples alone.
   */
  readonly settleBy: 'loss' | 'examples'
  /**
   * Pieces in which own weights travel, one in each exchange, 1 to 16: a peak that is so many times lower, for models
   * that are large beside the link (arXiv 2410.12918, 2501.18512). Default 1.
   */
  readonly fragments: number
  /** Neighbours that a peer seeks, 1 to 8. Default 6. */
  readonly neighbours: number
  /**
   * Names of tensors (as `modelLayout` gives them) that stay home: never sent, never merged, e.g. a head of one's own
   * (arXiv 1912.00818). At least one tensor travels. Default none.
   */
  readonly stays: readonly string[]
}

export type TrainingSpec = Required<Omit<Task['training'], 'optimizer'>> & {
  readonly optimizer: CompleteOptimizer
}

/** A task with every default filled in, as `completeTask` gives it. */
export interface CompleteTask extends Omit<Task, 'model' | 'training' | 'gossip'> {
  readonly model: ModelSpec
  readonly training: TrainingSpec
  readonly gossip: GossipSpec
}
