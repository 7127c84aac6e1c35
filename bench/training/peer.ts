import { type completeTask, layersOf } from '@gossamer/core'
import { jaxSteps, type PeerTensor } from './jax-step.ts'

type Layer = ReturnType<typeof layersOf>[number]

/** Images from [batch, height, width, channels] to the peer's [batch, channels, height, width]; the same for kernels. */
function transposed({ values, shape }: PeerTensor, order: readonly number[]): PeerTensor {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
  const result = order.map((axis) => shape[axis] ?? 1)
  return {
    shape: result,
    values: Float32Array.from({ length: values.length }, (_, i) => {
      let [rest, from] = [i, 0]
      for (let place = order.length - 1; place >= 0; place--) {
        const size = result[place] ?? 1
        from += (rest % size) * (strides[order[place] ?? 0] ?? 1)
        rest = Math.floor(rest / size)
      }
      return values[from] ?? Number.NaN
    }),
  }
}

const kernelOrder = [3, 2, 0, 1]

/** tfjs's weights as the peer lays them out: what comes after `flatten` finds channels first. */
function converted(layers: readonly Layer[], weights: readonly PeerTensor[]): readonly PeerTensor[] {
  const withWeights = layers
    .map((layer, i) => ({ layer, before: layers[i - 1] }))
    .filter(({ layer }) => layer.type === 'dense' || layer.type === 'conv2d')
  return weights.map((tensor, i) => {
    if (i % 2 === 1) return tensor
    const { before } = withWeights[i / 2] ?? {}
    if (tensor.shape.length === 4) return transposed(tensor, kernelOrder)
    if (before?.type !== 'flatten') return tensor
    const units = tensor.shape[1] ?? 1
    const channelsFirst = transposed(
      { values: tensor.values, shape: [...before.inputs, units] },
      [2, 0, 1, 3],
    )
    return { values: channelsFirst.values, shape: tensor.shape }
  })
}

/** Steps of jax-js from the same weights and on the same batch as stock's. */
export function peerSteps(
  task: ReturnType<typeof completeTask>,
  backend: 'wasm' | 'webgpu',
  weights: readonly PeerTensor[],
  images: PeerTensor,
  oneHot: PeerTensor,
): Promise<(count: number) => Promise<number>> {
  const layers = layersOf(task)
  return jaxSteps(
    backend,
    layers,
    task.training.optimizer,
    converted(layers, weights),
    transposed(images, [0, 3, 1, 2]),
    oneHot,
  )
}
