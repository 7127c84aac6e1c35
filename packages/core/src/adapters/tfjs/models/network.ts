import { add, sub, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import type { NetworkLayer } from './network-layer.ts'

export interface Gradients {
  /** [batch, classes], adjustment included. */
  readonly logits: Tensor2D
  /** In layout order: of the SUM of the batch's losses; the optimizer divides by the batch size. */
  readonly gradients: Tensor[]
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
}

/** The last layer has a bias over the classes, the last of the parameters. */
export function networkOf(layers: readonly NetworkLayer[], arithmetic: Arithmetic): Network {
  const firstOwner = layers.findIndex(({ owns }) => owns > 0)

  function forward(params: readonly Tensor[], inputs: Tensor2D): readonly Stage[] {
    let latest: Tensor = inputs
    let next = 0
    return layers.map((layer) => {
      const own = params.slice(next, next + layer.owns)
      next += layer.owns
      const input = latest
      latest = layer.forward(input, own)
      return { layer, params: own, input, output: latest }
    })
  }

  const logitsOf = (stages: readonly Stage[]): Tensor2D => stages.at(-1)?.output as Tensor2D

  return {
    logits: (params, inputs) => logitsOf(forward(params, inputs)),
    gradients: (params, { inputs, oneHot, ones, adjustment }) => {
      // Into the last bias, which is added anyway: a tensor of [classes] instead of [batch, classes].
      const shifted =
        adjustment === undefined
          ? params
          : params.map((param, i) => (i === params.length - 1 ? add<Tensor>(param, adjustment) : param))
      const stages = forward(shifted, inputs)
      const logits = logitsOf(stages)
      const gradients: Tensor[] = []
      let delta: Tensor = sub(arithmetic.softmax(logits), oneHot)
      for (const [index, { layer, ...seen }] of [...stages.entries()].slice(firstOwner).reverse()) {
        const back = layer.backward({ ...seen, delta, ones, wantsInput: index > firstOwner })
        gradients.unshift(...back.params)
        delta = back.input ?? delta
      }
      return { logits, gradients }
    },
  }
}
