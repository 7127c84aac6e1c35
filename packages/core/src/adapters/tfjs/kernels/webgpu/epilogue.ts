import type { TensorInfo } from '@tensorflow/tfjs-core'
import { elements } from '../../../../params/layout.ts'
import type { BiasPlace } from '../../compiled/kernels/bias.ts'

/** What tfjs's fused kernels have besides the factors; null where there is none, and left out by those that are not fused. */
export interface EpilogueInputs {
  readonly bias?: TensorInfo | null
  readonly preluActivationWeights?: TensorInfo | null
}

export interface EpilogueAttributes {
  readonly activation?: string | null
}

/** What a kernel does with its sums before it stores them: it adds a bias, cuts them off at 0, both or neither. */
export interface Epilogue {
  readonly place: BiasPlace
  readonly relu: boolean
  /** The bias, where there is one, by the name of its buffer. */
  readonly tensors: { readonly bias?: TensorInfo }
}

/** Undefined for other activations, and for a bias that is not one number for each of `columns`. */
export function epilogueOf(
  { bias, preluActivationWeights, activation }: EpilogueInputs & EpilogueAttributes,
  columns: number | undefined,
): Epilogue | undefined {
  const relu = activation === 'relu'
  const isKnown = relu || (activation ?? 'linear') === 'linear'
  if (!isKnown || (preluActivationWeights ?? undefined) !== undefined) return undefined
  if (bias === undefined || bias === null) return { place: 'none', relu, tensors: {} }
  return elements(bias.shape) === columns && bias.dtype === 'float32'
    ? { place: 'apart', relu, tensors: { bias } }
    : undefined
}

export const isPlain = (epilogue: Epilogue | undefined): boolean =>
  epilogue?.place === 'none' && !epilogue.relu
