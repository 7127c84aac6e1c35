import { derivedSeed, normal, seededRandom } from '../lib/random.ts'
import { elements, layoutOf } from '../params/layout.ts'
import type { Layout } from '../ports.ts'
import type { CompleteTask } from './task.ts'

/** One layer of a preset model: enough to build it in tfjs, in the plain trainer, or as a layout. */
export type Layer =
  | {
      readonly type: 'dense'
      readonly inputs: number
      readonly units: number
      readonly activation: 'relu' | 'linear'
    }
  | {
      readonly type: 'conv2d'
      readonly inputs: readonly [number, number, number]
      readonly filters: number
      readonly kernel: number
      readonly activation: 'relu'
    }
  | { readonly type: 'max-pool'; readonly size: number }
  | { readonly type: 'flatten' }

export class ModelError extends Error {
  override readonly name = 'ModelError'
}

/** The layers of a task's model, last one linear: logits, one for each class. Throws ModelError for impossible shapes. */
export function layersOf({ data, model }: Pick<CompleteTask, 'data' | 'model'>): readonly Layer[] {
  const classes = data.classes.length
  let [height, width, channels] = data.shape
  const layers: Layer[] = []
  if (model.kind === 'cnn') {
    for (const filters of model.filters) {
      if (height < 4 || width < 4)
        throw new ModelError(
          `model.filters: ${model.filters.length} convolutions are too many for images of ${data.shape[0]}x${data.shape[1]}`,
        )
      layers.push({
        type: 'conv2d',
        inputs: [height, width, channels],
        filters,
        kernel: 3,
        activation: 'relu',
      })
      layers.push({ type: 'max-pool', size: 2 })
      ;[height, width, channels] = [(height - 2) >> 1, (width - 2) >> 1, filters]
    }
  }
  layers.push({ type: 'flatten' })
  let inputs = height * width * channels
  for (const units of model.hidden) {
    layers.push({ type: 'dense', inputs, units, activation: 'relu' })
    inputs = units
  }
  layers.push({ type: 'dense', inputs, units: classes, activation: 'linear' })
  return layers
}

/** Kernel then bias of each layer that has parameters, named `<layer number>/kernel` and `<layer number>/bias`. */
export function modelLayout(task: Pick<CompleteTask, 'data' | 'model'>): Layout {
  return layoutOf(
    layersOf(task).flatMap((layer, index) => {
      if (layer.type === 'dense')
        return [
          { name: `${index}/kernel`, shape: [layer.inputs, layer.units] },
          { name: `${index}/bias`, shape: [layer.units] },
        ]
      if (layer.type === 'conv2d')
        return [
          { name: `${index}/kernel`, shape: [layer.kernel, layer.kernel, layer.inputs[2], layer.filters] },
          { name: `${index}/bias`, shape: [layer.filters] },
        ]
      return []
    }),
  )
}

/**
 * The weights every peer of a task starts from: kernels normal with variance 2 / fan-in (He et al. 2015,
 * arXiv 1502.01852), biases zero. A pure function of layout and seed; a new array of `layout.size` floats.
 */
export function initialParameters(layout: Layout, seed: number): Float32Array {
  const params = new Float32Array(layout.size)
  let offset = 0
  for (const { name, shape } of layout.tensors) {
    const count = elements(shape)
    if (shape.length > 1) {
      const random = seededRandom(derivedSeed(seed, name))
      const deviation = Math.sqrt(2 / (count / (shape.at(-1) ?? 1)))
      for (let i = offset; i < offset + count; i++) params[i] = deviation * normal(random)
    }
    offset += count
  }
  return params
}
