import type { LayersModel } from '@tensorflow/tfjs-layers'
import { elements } from '../../../params/layout.ts'
import { fromKeras } from '../../../task/keras.ts'
import { isStatistic, ModelError, modelLayout } from '../../../task/models.ts'
import { parseTask, type TaskResult } from '../../../task/schema.ts'
import type { DataSpec, OptimizerSpec } from '../../../task/task.ts'

/** Of all layers, in their order; of a layer that stands in several places once for each. */
export type LayerVariables = LayersModel['layers'][number]['weights']

export const variablesOf = ({ layers }: LayersModel): LayerVariables =>
  layers.flatMap(({ weights }) => weights)

/** A model that tfjs has compiled, as a task on batches of that size; or why it cannot be said as one. */
export function taskOf(model: LayersModel, batchSize: number): TaskResult {
  try {
    return taskOfSequential(model, batchSize)
  } catch (error) {
    if (error instanceof ModelError) return refused(error.message)
    throw error
  }
}

/** Of a step, as tasks may say. */
const mostExamples = 1024

const refused = (reason: string): TaskResult => ({ ok: false, reason })

function taskOfSequential(model: LayersModel, batchSize: number): TaskResult {
  const { shape, layers, units, outputs } = fromKeras(model.toJSON(null, false))
  if (batchSize > mostExamples)
    return refused(`a step takes at most ${mostExamples} examples here, not ${batchSize}`)
  const losses = outputs === 'softmax' ? crossEntropies : squaredErrors
  const loss = lossOf(model)
  if (loss === undefined || !losses.includes(loss))
    return refused(`${loss ?? 'a loss of its own'} on ${outputs} outputs is none of ${losses.join(', ')}`)
  if (outputs === 'linear' && units !== 1)
    return refused(`it learns ${units} numbers at a time, but only 1 is known here`)
  const optimizer = optimizerOf(model)
  if (optimizer === undefined)
    return refused('its optimizer is none of SGD, Momentum and Adam with the settings that tfjs gives them')
  const parsed = parseTask({
    version: 1,
    name: 'model',
    data: dataOf(model, shape),
    model: { kind: 'layers', layers },
    training: { optimizer, batchSize, clipNorm: 0, logitAdjustment: false },
    seed: 1,
  })
  if (!parsed.ok) return parsed
  const variables = variablesOf(model)
  if (new Set(variables).size < variables.length) return refused('a layer stands in several places')
  const { tensors } = modelLayout(parsed.task)
  const learning = tensors.filter((each) => !isStatistic(each)).length
  if (model.trainableWeights.length < learning) return refused('some of its layers are frozen')
  const shapes = tensors.map((each) => each.shape)
  return JSON.stringify(shapes) === JSON.stringify(variables.map((each) => each.shape))
    ? parsed
    : refused('its parameters have other shapes than its layers say')
}

const crossEntropies: readonly string[] = ['categoricalCrossentropy', 'sparseCategoricalCrossentropy']
const squaredErrors: readonly string[] = ['meanSquaredError']

/** The name of the loss; undefined for a function of one's own. */
export function lossOf({ loss }: LayersModel): string | undefined {
  const [only, ...others] = typeof loss === 'object' ? Object.values(loss) : [loss]
  return typeof only === 'string' && others.length === 0 ? only : undefined
}

/** All that may be changed after `compile` and decides how it is trained. */
export const settingsOf = (model: LayersModel): string =>
  JSON.stringify([
    lossOf(model),
    model.optimizer.getClassName(),
    model.optimizer.getConfig(),
    model.trainableWeights.length,
  ])

/** Of one example; undefined where the model leaves sides open. */
export function inputShapeOf({ inputs }: LayersModel): readonly number[] | undefined {
  const shape = inputs[0]?.shape.slice(1) ?? []
  return shape.every((size) => size !== null) ? shape : undefined
}

/** Numbers are learned where the model has one output, in deviations of 1 from 0: as they are. */
export function dataOf(model: LayersModel, shape: readonly number[]): DataSpec {
  const units = model.outputs[0]?.shape.at(-1) ?? 1
  const names = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `${i}`)
  const target = { kind: 'number', name: 'target', mean: 0, deviation: 1 } as const
  const [height = 1, width, channels, ...more] = inputShapeOf(model) ?? shape
  if (width !== undefined && channels !== undefined && more.length === 0)
    return {
      kind: 'image',
      shape: [height, width, channels],
      ...(units === 1 ? { target } : { classes: names(units) }),
    }
  return {
    kind: 'table',
    columns: names(elements(inputShapeOf(model) ?? shape)),
    target: units === 1 ? target : { kind: 'class', classes: names(units) },
  }
}

function optimizerOf({ optimizer }: LayersModel): OptimizerSpec | undefined {
  const { learningRate, ...settings } = optimizer.getConfig()
  if (typeof learningRate !== 'number') return undefined
  switch (optimizer.getClassName()) {
    case 'SGD':
      return { kind: 'sgd', learningRate }
    case 'Momentum': {
      const { momentum, useNesterov } = settings
      return typeof momentum === 'number' && useNesterov !== true
        ? { kind: 'momentum', learningRate, momentum }
        : undefined
    }
    case 'Adam': {
      const { beta1, beta2, epsilon } = settings
      return beta1 === 0.9 && beta2 === 0.999 && epsilon === 1e-7 ? { kind: 'adam', learningRate } : undefined
    }
    default:
      return undefined
  }
}
