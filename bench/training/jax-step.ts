import type { completeTask, layersOf } from '@gossamer/core'
import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from '@jax-js/jax'

type Layer = ReturnType<typeof layersOf>[number]
type Optimizer = ReturnType<typeof completeTask>['training']['optimizer']
type Arrays = np.Array[]

const [meanKept, squareKept, epsilon] = [0.9, 0.999, 1e-7]

/** Logits of images of shape [batch, channels, height, width]; takes all that it is given, as jax-js has it. */
function logits(layers: readonly Layer[], weights: Arrays, images: np.Array): np.Array {
  const rest = [...weights]
  const next = (): np.Array => {
    const weight = rest.shift()
    if (weight === undefined) throw new RangeError('there are too few weights')
    return weight
  }
  let values = images
  for (const layer of layers)
    switch (layer.type) {
      case 'dense':
        values = np.matmul(values, next()).add(next())
        if (layer.activation === 'relu') values = nn.relu(values)
        break
      case 'conv2d':
        values = nn.relu(
          lax
            .conv(values, next(), [layer.stride, layer.stride], 'VALID')
            .add(next().reshape([layer.filters, 1, 1])),
        )
        break
      case 'max-pool':
        values = lax.reduceWindow(
          values,
          np.max,
          [1, 1, layer.kernel, layer.kernel],
          [1, 1, layer.stride, layer.stride],
        )
        break
      case 'flatten':
        values = values.reshape([values.shape[0] ?? 0, -1])
        break
      default:
        throw new RangeError(`the peer has no ${layer.type}`)
    }
  return values
}

/** The weights after a step, and what the optimizer keeps. */
function updated(optimizer: Optimizer, weights: Arrays, gradients: Arrays, kept: Arrays): [Arrays, Arrays] {
  const rate = optimizer.learningRate
  const at = (arrays: Arrays, i: number): np.Array => arrays[i] as np.Array
  if (optimizer.kind === 'sgd')
    return [weights.map((weight, i) => weight.sub(at(gradients, i).mul(rate))), kept]
  if (optimizer.kind !== 'adam') throw new RangeError(`the peer has no ${optimizer.kind}`)
  const count = weights.length
  const meanPower = at(kept, 2 * count).mul(meanKept)
  const squarePower = at(kept, 2 * count + 1).mul(squareKept)
  const means = weights.map((_, i) =>
    at(kept, i)
      .mul(meanKept)
      .add(at(gradients, i).ref.mul(1 - meanKept)),
  )
  const squares = weights.map((_, i) =>
    at(kept, count + i)
      .mul(squareKept)
      .add(np.square(at(gradients, i)).mul(1 - squareKept)),
  )
  const moved = weights.map((weight, i) => {
    const mean = at(means, i).ref.div(np.subtract(1, meanPower.ref))
    const square = at(squares, i).ref.div(np.subtract(1, squarePower.ref))
    return weight.sub(mean.div(np.sqrt(square).add(epsilon)).mul(rate))
  })
  return [moved, [...means, ...squares, meanPower, squarePower]]
}

/** A tensor with its values in the order that the peer wants. */
export interface PeerTensor {
  readonly values: Float32Array
  readonly shape: readonly number[]
}

const arrayOf = ({ values, shape }: PeerTensor): np.Array =>
  np.array(new Float32Array(values)).reshape([...shape])

/**
 * The same model and step in jax-js, forward, backward and update in one jitted function on one batch that stays on
 * the device. Weights in the order of the layers. Answers a function that takes steps, and tells the loss of the last.
 */
export async function jaxSteps(
  backend: 'wasm' | 'webgpu',
  layers: readonly Layer[],
  optimizer: Optimizer,
  start: readonly PeerTensor[],
  images: PeerTensor,
  oneHot: PeerTensor,
): Promise<(count: number) => Promise<number>> {
  if (!(await init(backend)).includes(backend)) throw new Error(`jax-js does not run on ${backend} here`)
  defaultDevice(backend)
  const batch = images.shape[0] ?? 1
  const loss = (weights: Arrays, x: np.Array, y: np.Array): np.Array =>
    np.sum(nn.logSoftmax(logits(layers, weights, x)).mul(y)).mul(-1 / batch)
  const step = jit((weights: Arrays, kept: Arrays, x: np.Array, y: np.Array) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(weights), x, y)
    const [moved, nowKept] = updated(optimizer, weights, gradients as Arrays, kept)
    return { value, moved, nowKept }
  })
  let weights = start.map(arrayOf)
  let kept: Arrays =
    optimizer.kind === 'adam'
      ? [...start, ...start].map(({ shape }) => np.zeros([...shape])).concat([np.array(1), np.array(1)])
      : []
  const [x, y] = [arrayOf(images), arrayOf(oneHot)]
  return async (count) => {
    let last = Number.NaN
    for (let i = 0; i < count; i++) {
      const { value, moved, nowKept } = step(weights, kept, x.ref, y.ref)
      ;[weights, kept] = [moved, nowKept]
      if (i < count - 1) value.dispose()
      else [last = Number.NaN] = await value.data()
    }
    await blockUntilReady([...weights])
    return last
  }
}
