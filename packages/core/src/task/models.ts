import { derivedSeed, normal, seededRandom } from '../lib/random.ts'
import { elements, layoutOf } from '../params/layout.ts'
import type { Layout, TensorLayout } from '../ports.ts'
import { exampleShape, outputCount } from './data.ts'
import type { Layer } from './layer.ts'
import { layersFrom, ModelError } from './layer-list.ts'
import type { LayerSpec } from './layer-spec.ts'
import type { CompleteTask } from './task.ts'
import { transformerDeviation, transformerTensors } from './transformer.ts'

export type { Layer } from './layer.ts'
export { ModelError } from './layer-list.ts'

type ModelOf = Pick<CompleteTask, 'data' | 'model'>

/**
 * The layers of a task's model, last one linear: a logit for each class, or the number. Throws ModelError for impossible
 * shapes, and for a transformer, which is no row of layers.
 */
export function layersOf(task: ModelOf): readonly Layer[] {
  if (task.data.kind === 'text') throw new ModelError(`model.kind: a ${task.model.kind} is no row of layers`)
  const shape = exampleShape(task.data)
  return layersFrom(shape, [
    ...specsOf(task.model, shape),
    { type: 'dense', units: outputCount(task.data), activation: 'linear' },
  ])
}

function specsOf(model: CompleteTask['model'], shape: readonly number[]): readonly LayerSpec[] {
  switch (model.kind) {
    case 'mlp':
      return model.hidden.map(hiddenLayer)
    case 'cnn': {
      let [height, width] = shape
      if (height === undefined || width === undefined)
        throw new ModelError("model.kind: a cnn takes data of kind 'image'")
      for (const _ of model.filters) {
        if (height < 4 || width < 4)
          throw new ModelError(
            `model.filters: ${model.filters.length} convolutions are too many for images of ${shape[0]}x${shape[1]}`,
          )
        ;[height, width] = [(height - 2) >> 1, (width - 2) >> 1]
      }
      return [...model.filters.flatMap(convolutionAndPool), ...model.hidden.map(hiddenLayer)]
    }
    case 'layers':
      return model.layers
    case 'transformer':
      throw new ModelError("model.kind: a transformer takes data of kind 'text'")
  }
}

const hiddenLayer = (units: number): LayerSpec => ({ type: 'dense', units })

const convolutionAndPool = (filters: number): readonly LayerSpec[] => [
  { type: 'conv2d', filters, kernel: 3 },
  { type: 'max-pool', size: 2 },
]

/**
 * The tensors of each layer that has parameters, named `<layer number>/<role>`: `kernel` (of a depthwise
 * convolution `depthwise-kernel`) and `bias`; of a normalization `gamma` and `beta`, and `moving-mean` and
 * `moving-variance` where it is over batches. Of a transformer those of `transformerTensors`.
 */
export function modelLayout(task: ModelOf): Layout {
  const { data, model } = task
  if (data.kind === 'text' && model.kind === 'transformer') return layoutOf(transformerTensors(data, model))
  return layoutOf(
    layersOf(task).flatMap((layer, index) =>
      tensorsOf(layer).map(([role, shape]) => ({ name: `${index}/${role}`, shape })),
    ),
  )
}

function tensorsOf(layer: Layer): readonly (readonly [role: string, shape: readonly number[]])[] {
  switch (layer.type) {
    case 'dense':
      return [
        ['kernel', [layer.inputs, layer.units]],
        ['bias', [layer.units]],
      ]
    case 'conv2d':
      return [
        ['kernel', [layer.kernel, layer.kernel, layer.inputs[2], layer.filters]],
        ['bias', [layer.filters]],
      ]
    case 'depthwise-conv2d':
      return [
        ['depthwise-kernel', [layer.kernel, layer.kernel, layer.inputs[2], 1]],
        ['bias', [layer.inputs[2]]],
      ]
    case 'batch-norm':
    case 'layer-norm': {
      const shape = layer.inputs.slice(-1)
      const roles =
        layer.type === 'batch-norm' ? ['gamma', 'beta', 'moving-mean', 'moving-variance'] : ['gamma', 'beta']
      return roles.map((role) => [role, shape])
    }
    case 'max-pool':
    case 'average-pool':
    case 'relu':
    case 'flatten':
    case 'dropout':
      return []
  }
}

/**
 * Whether a tensor of a layout is a statistic that the forward pass of training moves: it has no gradient, and
 * an optimizer must leave it alone (weight decay, too).
 */
export const isStatistic = ({ name }: Pick<TensorLayout, 'name'>): boolean => /\/moving-[a-z]+$/.test(name)

/**
 * The weights every peer of a task starts from: kernels normal with variance 2 / fan-in (He et al. 2015,
 * arXiv 1502.01852), those of a transformer as `transformerDeviation` says, factors (gamma) and variances one, all else
 * zero. A pure function of layout and seed; a new array of `layout.size` floats.
 */
export function initialParameters(layout: Layout, seed: number): Float32Array {
  const params = new Float32Array(layout.size)
  let offset = 0
  for (const tensor of layout.tensors) {
    const { name, shape } = tensor
    const end = offset + elements(shape)
    if (shape.length > 1) {
      const random = seededRandom(derivedSeed(seed, name))
      const deviation = transformerDeviation(tensor, layout) ?? Math.sqrt(2 / fanIn(name, shape))
      for (let i = offset; i < end; i++) params[i] = deviation * normal(random)
    } else if (/\/(gamma|moving-variance)$/.test(name)) {
      params.fill(1, offset, end)
    }
    offset = end
  }
  return params
}

/** Inputs that one output adds up. */
const fanIn = (name: string, shape: readonly number[]): number =>
  name.endsWith('/depthwise-kernel') ? elements(shape.slice(0, 2)) : elements(shape.slice(0, -1))
