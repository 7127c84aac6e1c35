import { clone, dispose, getBackend } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Examples } from '../../../ports.ts'
import { examplesProblem } from '../../../task/check-examples.ts'
import { isBackendName, startBackend } from '../backend.ts'
import { byTfjs } from './by-tfjs.ts'
import { byTrainer } from './by-trainer.ts'
import type { CompileOptions, ModelTraining } from './model-training.ts'
import { dataOf, settingsOf, taskOf, variablesOf } from './task-of-model.ts'

/**
 * Trains a compiled tfjs model on the backend in use, by its own loss and optimizer, but by the steps of this library instead
 * of `trainOnBatch`: on WebGPU compiled into a fixed list of dispatches. Labels are class indices where the model has several
 * outputs, or else the numbers to be learned. What an optimizer remembers of earlier training is not taken over. A model
 * that cannot be trained so (`note` says why) is trained by tfjs.
 *
 * Rejects with DeviceError where the backend fails, with RangeError for examples or a batch size that do not fit, with Error
 * for a model that is not compiled, or has other outputs than one of [batch, units].
 */
export async function compileTraining(
  model: LayersModel,
  examples: Examples,
  { batchSize = 32, seed = 1, ...options }: CompileOptions = {},
): Promise<ModelTraining> {
  requireTrainable(model, examples, batchSize)
  const size = Math.min(batchSize, examples.labels.length)
  const variables = variablesOf(model)
  const name = getBackend()
  const backend = isBackendName(name) ? await startBackend(name, options) : undefined

  const open = async (): Promise<ModelTraining> => {
    const stock = (reason: string) => byTfjs(model, examples, { batchSize: size, seed, reason })
    if (backend === undefined) return stock(`the backend ${name} is not known here`)
    const task = taskOf(model, size)
    return task.ok
      ? byTrainer(backend, variables, { ...options, task: task.task, examples, seed })
      : stock(task.reason)
  }

  let settings = settingsOf(model)
  let way = await open()
  let isDisposed = false

  async function openAnew(): Promise<void> {
    way.dispose()
    settings = settingsOf(model)
    way = await open()
  }

  return {
    get note() {
      return way.note
    },
    train: async (steps) => {
      if (isDisposed) throw new Error('the training is disposed')
      backend?.use()
      if (settingsOf(model) !== settings) await openAnew()
      const before = variables.map((variable) => clone(variable.read()))
      try {
        const trained = await way.train(steps)
        if (Number.isFinite(trained.loss)) return trained
        for (const [i, variable] of variables.entries()) variable.write(before[i] ?? variable.read())
        await openAnew()
        return trained
      } finally {
        dispose(before)
      }
    },
    dispose: () => {
      isDisposed = true
      way.dispose()
    },
  }
}

function requireTrainable(model: LayersModel, examples: Examples, batchSize: number): void {
  const [output, ...others] = model.outputs
  if (output === undefined || others.length > 0 || output.shape.length !== 2)
    throw new Error('compileTraining takes a model with one output, of shape [batch, units]')
  if (model.optimizer === undefined || model.loss === undefined)
    throw new Error('the model is not compiled: call model.compile({ optimizer, loss }) first')
  if (!(Number.isInteger(batchSize) && batchSize >= 1))
    throw new RangeError(`batchSize is ${batchSize}, but a step takes a whole number of examples, at least 1`)
  const problem = examplesProblem(examples, dataOf(model, examples.shape), 'examples')
  if (problem !== undefined) throw new RangeError(problem)
}
