import { add, mul, sub, type Tensor, type Tensor2D, zerosLike } from '@tensorflow/tfjs-core'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import type { NetworkLayer } from './network-layer.ts'

export interface Gradients {
  /** [batch, outputs], adjustment included: logits, or numbers. */
  readonly outputs: Tensor2D
  /** In layout order: of the SUM of the batch's losses; the optimizer divides by the batch size. */
  readonly gradients: Tensor[]
  /** What becomes of parameters that are no optimizer's business, by their place in the layout. */
  readonly statistics?: { readonly [place: number]: Tensor }
}

export interface TensorBatch {
  /** [batch, values] */
  readonly inputs: Tensor2D
  /** [batch, outputs]: what the model should put out, one-hot rows or numbers. */
  readonly wanted: Tensor2D
  /** [1, batch], all ones. */
  readonly ones: Tensor2D
  /** [classes], added to the logits; undefined: nothing is, as for numbers. */
  readonly adjustment: Tensor | undefined
  /** What the step draws at random comes from it; a whole number below 2^32. Left out: 0. */
  readonly seed?: number
}

/** A model's mathematics on tensors in layout order. Both functions run inside a `tidy` of the caller. */
export interface Network {
  /** Outputs without adjustment, [examples, outputs], of inputs [examples, values]. */
  outputs(params: readonly Tensor[], inputs: Tensor2D): Tensor2D
  /**
   * Of softmax cross-entropy on logits + adjustment, or of the squared error, in closed form: at the outputs the gradients are
   * softmax(logits + adjustment) - one-hot and 2 (number - wanted), so no loss is ever computed or differentiated.
   */
  gradients(params: readonly Tensor[], batch: TensorBatch): Gradients
}

interface Stage {
  readonly layer: NetworkLayer
  readonly params: readonly Tensor[]
  readonly input: Tensor
  readonly output: Tensor
  readonly kept: readonly Tensor[]
}

/** A loss's gradient at the outputs of a batch, [batch, outputs]. */
export type LossGradient = (outputs: Tensor2D, wanted: Tensor2D) => Tensor2D

/** The last layer has a bias over the outputs, the last of the parameters. */
export function networkOf(
  layers: readonly NetworkLayer[],
  arithmetic: Arithmetic,
  lossGradient: LossGradient = crossEntropyGradient(arithmetic),
): Network {
  const firstOwner = layers.findIndex(({ owns }) => owns > 0)

  function outputs(params: readonly Tensor[], inputs: Tensor2D): Tensor2D {
    let latest: Tensor = inputs
    let next = 0
    for (const layer of layers) {
      latest = layer.forward(latest, params.slice(next, next + layer.owns))
      next += layer.owns
    }
    return latest as Tensor2D
  }

  function train(params: readonly Tensor[], inputs: Tensor2D, seed: number) {
    const statistics: { [place: number]: Tensor } = {}
    let latest: Tensor = inputs
    let next = 0
    const stages = layers.map((layer): Stage => {
      const own = params.slice(next, next + layer.owns)
      const input = latest
      const trained = layer.train?.(input, own, seed) ?? { output: layer.forward(input, own), kept: [] }
      for (const [place, value] of trained.statistics ?? []) statistics[next + place] = value
      next += layer.owns
      latest = trained.output
      return { layer, params: own, input, output: latest, kept: trained.kept }
    })
    return { stages, statistics, outputs: latest as Tensor2D }
  }

  return {
    outputs,
    gradients: (params, { inputs, wanted, ones, adjustment, seed = 0 }) => {
      // Into the last bias, which is added anyway: a tensor of [classes] instead of [batch, classes].
      const shifted =
        adjustment === undefined
          ? params
          : params.map((param, i) => (i === params.length - 1 ? add<Tensor>(param, adjustment) : param))
      const { stages, statistics, outputs } = train(shifted, inputs, seed)
      const gradients: Tensor[] = []
      let delta: Tensor = lossGradient(outputs, wanted)
      for (const [index, { layer, ...seen }] of [...stages.entries()].slice(firstOwner).reverse()) {
        const back = layer.backward({ ...seen, delta, ones, wantsInput: index > firstOwner })
        gradients.unshift(...seen.params.map((param, i) => back.params[i] ?? zerosLike(param)))
        delta = back.input ?? delta
      }
      return { outputs, gradients, statistics }
    },
  }
}

export const crossEntropyGradient =
  (arithmetic: Arithmetic): LossGradient =>
  (logits, oneHot) =>
    sub(arithmetic.softmax(logits), oneHot)

export const squaredErrorGradient: LossGradient = (numbers, wanted) => mul(sub(numbers, wanted), 2)
