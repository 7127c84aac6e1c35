import { dispose } from '@tensorflow/tfjs-core'
import { elements } from '../../params/layout.ts'
import type { Evaluation, Examples, Trained, Trainer } from '../../ports.ts'
import { examplesProblem } from '../../task/check-examples.ts'
import { adjustmentFor } from '../../task/logit-adjustment.ts'
import { initialParameters, modelLayout } from '../../task/models.ts'
import type { CompleteTask } from '../../task/task.ts'
import type { BackendName } from '../browser/session.ts'
import { arithmeticFor } from './arithmetic/choose.ts'
import { type Backend, startBackend } from './backend.ts'
import type { BackendOptions, Device } from './backends/device.ts'
import { sampleOf } from './batches.ts'
import { softmaxRows } from './cross-entropy.ts'
import { asDeviceError } from './device-error.ts'
import { evaluationOf, logitsOf } from './evaluation.ts'
import { unflatten } from './flatten.ts'
import { createMirror, type Mirror } from './mirror.ts'
import { networkFor } from './models/choose.ts'
import type { Network } from './models/network.ts'
import { type ReplicaChoice, replicaFor } from './replica-choice.ts'

export interface TfjsTrainerOptions extends BackendOptions {
  readonly task: CompleteTask
  /** Kept, and read for every batch: leave it as it is. */
  readonly examples: Examples
  readonly backend: BackendName
  /** Of the order of examples and the choice of the probe. */
  readonly seed: number
  /** Where training begins, copied; left out, the task's own initial parameters. */
  readonly parameters?: Float32Array
}

/** A Trainer on one tfjs backend. Rejects with DeviceError when the device fails, with RangeError for wrong sizes. */
export interface TfjsTrainer extends Trainer {
  readonly device: Device & { readonly name: BackendName }
  /** Why training is slower than it might be here, as a sentence; undefined where it is not. */
  readonly note: string | undefined
  train(steps: number): Promise<Trained>
  read(): Promise<Float32Array>
  write(params: Float32Array): Promise<void>
  add(delta: Float32Array): Promise<void>
  probe(params: Float32Array): Promise<number>
  evaluate(examples: Examples, params?: Float32Array): Promise<Evaluation>
  predict(inputs: Float32Array | Uint8Array, params?: Float32Array): Promise<Float32Array>
  /** A copy of the parameters as last seen by the host: at most about a second of training old. Never fails. */
  lastKnown(): Float32Array
}

const probeExamples = 64
const patienceMs = 100

/**
 * Starts the backend and puts the model on it. Rejects with DeviceError where the backend is missing,
 * with RangeError for examples or parameters that do not fit the task.
 */
export async function createTfjsTrainer(options: TfjsTrainerOptions): Promise<TfjsTrainer> {
  const { task, examples, parameters } = options
  const layout = modelLayout(task)
  const problem = examplesProblem(examples, task.data, 'examples')
  if (problem !== undefined) throw new RangeError(problem)
  const start = parameters?.slice() ?? initialParameters(layout, task.seed)
  requireSize(start, layout.size)
  const backend = await startBackend(options.backend, options)
  backend.use()
  const network = networkFor(task, arithmeticFor(backend))
  const priors = adjustmentFor(task, examples.labels)
  const mirror = createMirror(start)
  const { seed } = options
  const choice = await replicaFor({ backend, task, network, examples, seed, priors, start, mirror })
  return trainerOn(backend, options, { network, priors, mirror, choice })
}

interface Parts {
  readonly network: Network
  readonly priors: Float32Array
  readonly mirror: Mirror
  readonly choice: ReplicaChoice
}

function trainerOn(
  backend: Backend,
  { task, examples, seed }: TfjsTrainerOptions,
  { network, priors, mirror, choice }: Parts,
): TfjsTrainer {
  const { training, data } = task
  const { replica, note } = choice
  const layout = modelLayout(task)
  const classes = data.classes.length
  const width = elements(data.shape)
  const probe = sampleOf(examples, probeExamples, seed)
  let disposed = false

  /** Runs one operation; rejects as soon as the device fails, with a DeviceError whatever went wrong. */
  async function onDevice<T>(operation: () => Promise<T>): Promise<T> {
    if (disposed) throw new Error('the trainer is disposed')
    let forget = (): void => undefined
    const failure = new Promise<never>((_, reject) => {
      forget = backend.onFailure(reject)
    })
    try {
      backend.use()
      return await Promise.race([operation(), failure])
    } catch (error) {
      // An operation may notice that the device is gone before the device itself says so, and why.
      const patience = new Promise<never>((_, reject) => setTimeout(reject, patienceMs, error))
      const cause = await Promise.race([failure, patience]).catch((first: unknown) => first)
      throw asDeviceError(backend.name, cause)
    } finally {
      forget()
    }
  }

  async function logitsWith(
    inputs: Examples['inputs'],
    shape: readonly number[],
    given: Float32Array | undefined,
  ): Promise<Float32Array> {
    const values = given?.slice() ?? (await replica.read())
    backend.use()
    const tensors = unflatten(layout, values)
    try {
      return await logitsOf(backend, network, tensors, inputs, shape, classes)
    } finally {
      dispose(tensors)
    }
  }

  return {
    layout,
    samples: examples.labels.length,
    device: { name: backend.name, adapter: backend.adapter, software: backend.software },
    note,
    train: (steps) =>
      onDevice(async () => {
        const loss = await replica.train(steps)
        return { steps, samples: steps * training.batchSize, loss }
      }),
    read: () => onDevice(() => replica.read()),
    write: async (values) => {
      requireSize(values, layout.size)
      return onDevice(async () => replica.write(values))
    },
    add: async (delta) => {
      requireSize(delta, layout.size)
      return onDevice(() => replica.add(delta))
    },
    probe: async (values) => {
      requireSize(values, layout.size)
      return onDevice(async () => {
        const logits = await logitsWith(probe.inputs, probe.shape, values)
        const adjusted = logits.map((logit, i) => logit + (priors[i % classes] ?? 0))
        return evaluationOf(adjusted, probe.labels, classes).loss
      })
    },
    evaluate: async (given, values) => {
      const problem = examplesProblem(given, data, 'examples')
      if (problem !== undefined) throw new RangeError(problem)
      if (values !== undefined) requireSize(values, layout.size)
      return onDevice(async () =>
        evaluationOf(await logitsWith(given.inputs, data.shape, values), given.labels, classes),
      )
    },
    predict: async (inputs, values) => {
      if (inputs.length % width !== 0)
        throw new RangeError(`${inputs.length} inputs are no whole number of examples of ${width}`)
      if (values !== undefined) requireSize(values, layout.size)
      return onDevice(async () => softmaxRows(await logitsWith(inputs, data.shape, values), classes))
    },
    lastKnown: () => mirror.copy(),
    dispose: () => {
      if (disposed) return
      disposed = true
      replica.dispose()
    },
  }
}

function requireSize(values: Float32Array, size: number): void {
  if (values.length !== size) throw new RangeError(`${values.length} parameters where ${size} belong`)
}
