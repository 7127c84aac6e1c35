import { elements } from '../../../params/layout.ts'
import { isStatistic, type Layer, layersOf, modelLayout } from '../../../task/models.ts'
import type { CompleteTask } from '../../../task/task.ts'
import type { StatisticRun } from './kernels/batch-norm.ts'
import { gradientPlace } from './kernels/gradient-place.ts'
import { type GradientLayout, recordExtras } from './kernels/update.ts'
import { batchNormStage, layerNormStage } from './stages/norms.ts'
import type { Stage, StageSetting } from './stages/stage.ts'
import { denseStage, dropoutStage, reluStage } from './stages/values.ts'
import { convolutionStage, depthwiseStage, poolingStage } from './stages/windows.ts'
import type { Tuning } from './tuning.ts'

/** The layers of a model as stages of a step. */
export interface Stages {
  readonly list: readonly Stage[]
  readonly gradients: GradientLayout
  /** Parameters that no optimizer changes, in the order in which they lie in the buffer `statistics`. */
  readonly statistics: readonly StatisticRun[]
  /** The first stage that learns. */
  readonly firstOwner: number
  /** Words of a step's record. */
  readonly recordWords: number
}

/** A layer, with its number in the model and its tensors. */
interface Placed {
  readonly layer: Layer
  readonly number: number
  /** A ReLU that follows and is done in passing. */
  readonly relu: boolean
  readonly offset: number
  readonly floats: number
  readonly statistics: StatisticRun
}

/** Throws ModelError for impossible shapes. */
export function stagesOf(task: CompleteTask, tuning: Tuning): Stages {
  const batch = task.training.batchSize
  const placed = withPlaces(task)
  const gradients = gradientLayout(task, placed, tuning.shares)
  const seedWord = batch + recordExtras
  let statisticsAt = 0
  const list = placed.map(({ layer, number, relu, offset, statistics }) => {
    const place = gradientPlace(gradients, offset, batch)
    const setting = { batch, tuning, layer: number, offset, place, statisticsAt, seedWord }
    statisticsAt += statistics.count
    return stageOf(layer, relu, setting)
  })
  return {
    list,
    gradients,
    statistics: placed.map(({ statistics }) => statistics).filter(({ count }) => count > 0),
    firstOwner: placed.findIndex(({ floats }) => floats > 0),
    recordWords: seedWord + (placed.some(({ layer }) => layer.type === 'dropout') ? 1 : 0),
  }
}

/** Flattening changes nothing in memory; a ReLU after what can do it in passing is no stage of its own. */
function withPlaces(task: CompleteTask): readonly Placed[] {
  const { tensors } = modelLayout(task)
  const layers = layersOf(task)
  let offset = 0
  return layers.flatMap((layer, number): Placed[] => {
    const own = tensors.filter(({ name }) => name.startsWith(`${number}/`))
    const floats = own.reduce((sum, { shape }) => sum + elements(shape), 0)
    const moving = own.filter(isStatistic).reduce((sum, { shape }) => sum + elements(shape), 0)
    const start = offset
    offset += floats
    if (layer.type === 'flatten' || (layer.type === 'relu' && takesRelu(layers[number - 1]))) return []
    const relu = takesRelu(layer) && (isRelu(layer) || layers[number + 1]?.type === 'relu')
    const statistics = { from: start + floats - moving, count: moving }
    return [{ layer, number, relu, offset: start, floats, statistics }]
  })
}

const isRelu = (layer: Layer): boolean => 'activation' in layer && layer.activation === 'relu'

const takesRelu = (layer: Layer | undefined): boolean =>
  layer?.type === 'dense' ||
  layer?.type === 'conv2d' ||
  layer?.type === 'depthwise-conv2d' ||
  layer?.type === 'batch-norm'

/** What comes before the first dense layer has few parameters and many pixels: its gradients are computed in shares. */
function gradientLayout(task: CompleteTask, placed: readonly Placed[], mostShares: number): GradientLayout {
  const { size } = modelLayout(task)
  const { batchSize } = task.training
  const firstDense = placed.findIndex(({ layer }) => layer.type === 'dense')
  const shared = placed.slice(0, firstDense).reduce((sum, { floats }) => sum + floats, 0)
  if (shared === 0) return { size, shared, split: { shares: 0, examples: 0, stride: 0 } }
  const examples = Math.ceil(batchSize / mostShares)
  const stride = Math.ceil(shared / 4) * 4
  return { size, shared, split: { shares: Math.ceil(batchSize / examples), examples, stride } }
}

function stageOf(layer: Layer, relu: boolean, setting: StageSetting): Stage {
  switch (layer.type) {
    case 'dense':
      return denseStage(layer, relu, setting)
    case 'conv2d':
      return convolutionStage(layer, relu, setting)
    case 'depthwise-conv2d':
      return depthwiseStage(layer, relu, setting)
    case 'max-pool':
      return poolingStage(layer, 'largest', setting)
    case 'average-pool':
      return poolingStage(layer, 'mean', setting)
    case 'relu':
      return reluStage(layer.inputs, setting)
    case 'dropout':
      return dropoutStage(layer, setting)
    case 'batch-norm':
      return batchNormStage(layer, relu, setting)
    case 'layer-norm':
      return layerNormStage(layer, setting)
    case 'flatten':
      throw new Error('flattening takes no stage')
  }
}
