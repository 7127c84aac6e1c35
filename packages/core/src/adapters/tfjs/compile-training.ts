import { getBackend, type Tensor, tensor } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { elements } from '../../params/layout.ts'
import type { Examples, Trained } from '../../ports.ts'
import { fromKeras } from '../../task/keras.ts'
import { modelLayout } from '../../task/models.ts'
import { parseTask } from '../../task/schema.ts'
import type { CompleteTask, DataSpec, OptimizerSpec } from '../../task/task.ts'
import type { BackendName } from '../browser/session.ts'
import type { BackendOptions } from './backends/device.ts'
import { batchStream } from './batches.ts'
import { createTfjsTrainer, type TfjsTrainer } from './trainer.ts'

export interface CompileOptions extends BackendOptions {
  /** Examples of a step. Default 32; fewer where there are fewer. */
  readonly batchSize?: number
  /** Of the order of examples. Default 1. */
  readonly seed?: number
}

/** A model in training. Operations come one at a time. */
export interface ModelTraining {
  /** Why training is slower than it might be here, as a sentence; undefined where it is not. */
  readonly note: string | undefined
  /**
   * Makes so many steps; then the model's variables hold the result, so that predicting, evaluating and saving go on through
   * tfjs. Variables that were changed in between (`setWeights`, a merge) are where it begins. Where training runs away, the
   * loss is not finite and the variables are the last good ones.
   */
  train(steps: number): Promise<Trained>
  /** The model stays as it is. */
  dispose(): void
}

/**
 * Trains a compiled tfjs model on the backend in use, by its own loss and optimizer, but by the steps of this library instead
 * of `trainOnBatch`: on WebGPU compiled into a fixed list of dispatches. Labels are class indices where the model has several
 * outputs, or else the numbers to be learned. A model that cannot be trained so (`note` says why) is trained by tfjs.
 * Rejects with DeviceError where the backend fails, with RangeError for examples that do not fit.
 */
export async function compileTraining(
  model: LayersModel,
  examples: Examples,
  { batchSize = 32, seed = 1, ...options }: CompileOptions = {},
): Promise<ModelTraining> {
  const size = Math.min(batchSize, examples.labels.length)
  const task = taskOf(model, size)
  if (!task.ok) return byTfjs(model, examples, { batchSize: size, seed, note: task.reason })
  const variables = model.layers.flatMap(({ weights }) => weights)
  const parameters = await flattened(variables.map((variable) => variable.read()))
  const backend = getBackend() as BackendName
  const trainer = await createTfjsTrainer({
    ...options,
    task: task.task,
    examples,
    backend,
    seed,
    parameters,
  })
  return byTrainer(trainer, variables)
}

type LayerVariables = LayersModel['layers'][number]['weights']

function byTrainer(trainer: TfjsTrainer, variables: LayerVariables): ModelTraining {
  const dataOf = (): readonly object[] => variables.map((variable) => variable.read().dataId)
  let left = dataOf()

  function put(values: Float32Array): void {
    let offset = 0
    for (const variable of variables) {
      const value = variable.read()
      const next = tensor(values.slice(offset, offset + value.size), value.shape)
      offset += value.size
      variable.write(next)
      next.dispose()
    }
    left = dataOf()
  }

  return {
    note: trainer.note,
    train: async (steps) => {
      const now = dataOf()
      if (now.some((data, i) => data !== left[i]))
        await trainer.write(await flattened(variables.map((variable) => variable.read())))
      const trained = await trainer.train(steps)
      if (!Number.isFinite(trained.loss)) await trainer.write(trainer.lastKnown())
      put(await trainer.read())
      return trained
    },
    dispose: trainer.dispose,
  }
}

async function flattened(tensors: readonly Tensor[]): Promise<Float32Array> {
  const parts = await Promise.all(tensors.map((each) => each.data<'float32'>()))
  const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    values.set(part, offset)
    offset += part.length
  }
  return values
}

type TaskOf =
  | { readonly ok: true; readonly task: CompleteTask }
  | { readonly ok: false; readonly reason: string }

const refused = (reason: string): TaskOf => ({ ok: false, reason })

/** The model as a task, or why it is none. */
function taskOf(model: LayersModel, batchSize: number): TaskOf {
  try {
    const { shape, layers, units, outputs } = fromKeras(model.toJSON(null, false))
    const learnsClass = outputs === 'softmax'
    const losses = learnsClass ? crossEntropies : squaredErrors
    if (typeof model.loss !== 'string' || !losses.includes(model.loss))
      return refused(`a loss ${String(model.loss)} on ${outputs} outputs is none of ${losses.join(', ')}`)
    if (!learnsClass && units !== 1)
      return refused(`${units} numbers are learned at a time, only 1 is known here`)
    const optimizer = optimizerOf(model)
    if (optimizer === undefined)
      return refused('its optimizer is none of SGD, Momentum and Adam with the settings that tfjs gives them')
    const parsed = parseTask({
      version: 1,
      name: 'model',
      data: dataOf(shape, learnsClass ? units : 0),
      model: { kind: 'layers', layers },
      training: { optimizer, batchSize, clipNorm: 0, logitAdjustment: false },
      seed: 1,
    })
    if (!parsed.ok) return parsed
    const shapes = JSON.stringify(modelLayout(parsed.task).tensors.map((each) => each.shape))
    const own = JSON.stringify(model.layers.flatMap(({ weights }) => weights.map((weight) => weight.shape)))
    return shapes === own ? parsed : refused('its parameters have other shapes than its layers say')
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error))
  }
}

const crossEntropies: readonly string[] = ['categoricalCrossentropy', 'sparseCategoricalCrossentropy']
const squaredErrors: readonly string[] = ['meanSquaredError', 'mse']

/** Numbers are learned where there are no classes. */
function dataOf(shape: readonly number[], classes: number): DataSpec {
  const names = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `${i}`)
  const target = { kind: 'number', name: 'target', mean: 0, deviation: 1 } as const
  const [height = 1, width, channels] = shape
  if (width !== undefined && channels !== undefined)
    return {
      kind: 'image',
      shape: [height, width, channels],
      ...(classes === 0 ? { target } : { classes: names(classes) }),
    }
  return {
    kind: 'table',
    columns: names(elements(shape)),
    target: classes === 0 ? target : { kind: 'class', classes: names(classes) },
  }
}

function optimizerOf({ optimizer }: LayersModel): OptimizerSpec | undefined {
  const { learningRate, ...settings } = optimizer?.getConfig() ?? {}
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

interface TfjsOptions {
  readonly batchSize: number
  readonly seed: number
  readonly note: string
}

/** `trainOnBatch`, on the same batches. */
function byTfjs(
  model: LayersModel,
  examples: Examples,
  { batchSize, seed, note }: TfjsOptions,
): ModelTraining {
  const [output] = model.outputs
  const units = output?.shape.at(-1) ?? 1
  const data = dataOf(examples.shape, units === 1 ? 0 : units)
  const isSparse = model.loss === 'sparseCategoricalCrossentropy'
  const nextBatch = batchStream(examples, data, batchSize, seed, false)
  return {
    note: `The step is one of tfjs: ${note}`,
    train: async (steps) => {
      let sum = 0
      for (let i = 0; i < steps; i++) {
        const { inputs, wanted, targets } = nextBatch()
        const x = tensor(inputs, [batchSize, ...examples.shape], 'float32')
        const y = isSparse ? tensor(targets, [batchSize, 1]) : tensor(wanted, [batchSize, units])
        try {
          const result = await model.trainOnBatch(x, y)
          sum += Array.isArray(result) ? (result[0] ?? Number.NaN) : result
        } finally {
          x.dispose()
          y.dispose()
        }
      }
      return { steps, samples: steps * batchSize, loss: steps === 0 ? 0 : sum / steps }
    },
    dispose: () => undefined,
  }
}
