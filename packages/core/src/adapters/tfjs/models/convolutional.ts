import {
  add,
  conv2d,
  customGrad,
  grads,
  keep,
  maxPool,
  type Rank,
  relu,
  reshape,
  scalar,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core'
import type { Layer } from '../../../task/models.ts'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import { deviceArithmetic } from '../arithmetic/device.ts'
import type { Network } from './network.ts'

/** Convolutions, pooling and dense layers on tfjs's tape. */
export function convolutionalNetwork(
  layers: readonly Layer[],
  shape: readonly [number, number, number],
  arithmetic: Arithmetic,
): Network {
  function logits(params: readonly Tensor[], inputs: Tensor2D): Tensor2D {
    let latest: Tensor = reshape(inputs, [inputs.shape[0], ...shape])
    let next = 0
    for (const layer of layers) {
      switch (layer.type) {
        case 'conv2d': {
          const sums = conv2d(latest as Tensor4D, params[next++] as Tensor4D, 1, 'valid')
          latest = relu(add(sums, params[next++] as Tensor1D))
          break
        }
        case 'max-pool':
          latest = maxPool(latest as Tensor4D, layer.size, layer.size, 'valid')
          break
        case 'flatten':
          latest = reshape<Rank.R2>(latest, [inputs.shape[0], latest.size / inputs.shape[0]])
          break
        case 'dense': {
          const [kernel, bias] = [params[next++] as Tensor2D, params[next++] as Tensor1D]
          // The tape knows the gradients of tfjs's own operations; every arithmetic's `dense` but the default
          // one would put the detours of its backend on it.
          latest = deviceArithmetic.dense(latest as Tensor2D, kernel, bias, layer.activation)
        }
      }
    }
    return latest as Tensor2D
  }

  return {
    logits,
    gradients: (params, { inputs, oneHot, adjustment }) => {
      let reached: Tensor2D | undefined
      // Its value is never looked at: only the gradient that it hands back to the logits matters.
      const loss = customGrad((...[input]) => {
        const given = input as Tensor
        const adjusted = adjustment === undefined ? given : add<Tensor>(given, adjustment)
        reached = keep(adjusted as Tensor2D)
        return {
          value: scalar(0),
          gradFunc: () => sub<Tensor>(arithmetic.softmax(adjusted as Tensor2D), oneHot),
        }
      })
      const gradients = grads((...weights: Tensor[]) => loss(logits(weights, inputs)))([...params])
      if (reached === undefined) throw new Error('the loss was not computed')
      return { logits: reached, gradients }
    },
  }
}
