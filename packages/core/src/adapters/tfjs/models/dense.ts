import { add, mul, step, sub, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core'
import { type Layer, ModelError } from '../../../task/models.ts'
import type { Activation, Arithmetic } from '../arithmetic/arithmetic.ts'
import type { Network } from './network.ts'

interface DenseLayer {
  readonly kernel: Tensor2D
  readonly bias: Tensor1D
  readonly activation: Activation
}

/** Dense layers, forward and backward written out: without tfjs's tape a step is a third of the operations. */
export function denseNetwork(layers: readonly Layer[], arithmetic: Arithmetic): Network {
  const activations = layers.flatMap((layer): Activation[] =>
    layer.type === 'dense' ? [layer.activation] : [],
  )
  const withTensors = (params: readonly Tensor[]): DenseLayer[] =>
    activations.map((activation, index) => ({
      kernel: params[2 * index] as Tensor2D,
      bias: params[2 * index + 1] as Tensor1D,
      activation,
    }))

  /** The input of every layer, and at the end the output of the last. */
  function forward(dense: readonly DenseLayer[], inputs: Tensor2D): readonly Tensor2D[] {
    const outputs = [inputs]
    let latest = inputs
    for (const { kernel, bias, activation } of dense) {
      latest = arithmetic.dense(latest, kernel, bias, activation)
      outputs.push(latest)
    }
    return outputs
  }

  return {
    logits: (params, inputs) => last(forward(withTensors(params), inputs)),
    gradients: (params, { inputs, oneHot, ones, adjustment }) => {
      const dense = withTensors(params)
      const shifted =
        adjustment === undefined
          ? dense
          : dense.map((layer, i) =>
              i === dense.length - 1 ? { ...layer, bias: add<Tensor1D>(layer.bias, adjustment) } : layer,
            )
      const outputs = forward(shifted, inputs)
      const logits = last(outputs)
      let delta = sub<Tensor2D>(arithmetic.softmax(logits), oneHot)
      const gradients: Tensor[] = []
      for (let i = dense.length - 1; i >= 0; i--) {
        const { kernel } = at(dense, i)
        const input = at(outputs, i)
        gradients.unshift(arithmetic.transposedProduct(input, delta), arithmetic.columnSums(delta, ones))
        if (i > 0) delta = mul<Tensor2D>(arithmetic.productTransposed(delta, kernel), step(input))
      }
      return { logits, gradients }
    },
  }
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index]
  if (item === undefined) throw new ModelError(`there is no layer ${index}`)
  return item
}

const last = <T>(items: readonly T[]): T => at(items, items.length - 1)
