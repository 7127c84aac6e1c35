import { add, sub, type Tensor, type Tensor2D, zerosLike } from '@tensorflow/tfjs-core'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import type { NetworkLayer } from './network-layer.ts'

export interface Gradients {
  /** [batch, classes], adjustment included. */
  readonly logits: Tensor2D
  /** In layout order: of the SUM of the batch's losses; the optimizer divides by the batch size. */
  readonly gradients: Tensor[]
  /** What becomes of parameters that are no optimizer's business, by their place in the layout. */
  readonly statistics?: { readonly [place: number]: Tensor }
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
  /** What the step draws at random comes from it; a whole number below 2^32. Left out: 0. */
  readonly seed?: number
}

/** A model's mathematics on tensors in layout order. Both functions run inside a `tidy` of the caller. */
export interface Network {
  /** Logits without adjustment, [examples, classes], of inputs [examples, pixels]. */
  logits(params: readonly Tensor[], inputs: Tensor2D): Tensor2D
  /**
   * Softmax cross-entropy on logits + adjustment in closed form: its gradient at the logits is
   * softmax(logits + adjustment) - one-hot, so no loss is ever computed or differentiated.
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

/** The last layer has a bias over the classes, the last of the parameters. */
export function networkOf(layers: readonly NetworkLayer[], arithmetic: Arithmetic): Network {
  const firstOwner = layers.findIndex(({ owns }) => owns > 0)

  function logits(params: readonly Tensor[], inputs: Tensor2D): Tensor2D {
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
    return { stages, statistics, logits: latest as Tensor2D }
  }

  return {
    logits,
    gradients: (params, { inputs, oneHot, ones, adjustment, seed = 0 }) => {
      // Into the last bias, which is added anyway: a tensor of [classes] instead of [batch, classes].
      const shifted =
        adjustment === undefined
          ? params
          : params.map((param, i) => (i === params.length - 1 ? add<Tensor>(param, adjustment) : param))
      const { stages, statistics, logits } = train(shifted, inputs, seed)
      const gradients: Tensor[] = []
      let delta: Tensor = sub(arithmetic.softmax(logits), oneHot)
      for (const [index, { layer, ...seen }] of [...stages.entries()].slice(firstOwner).reverse()) {
        const back = layer.backward({ ...seen, delta, ones, wantsInput: index > firstOwner })
        gradients.unshift(...seen.params.map((param, i) => back.params[i] ?? zerosLike(param)))
        delta = back.input ?? delta
      }
      return { logits, gradients, statistics }
    },
  }
}
