import { dispose } from '@tensorflow/tfjs-core'
import { codecs } from '../../codec/codecs.ts'
import { probeExamples } from '../../params/sample-examples.ts'
import type {
  EncodedModel,
  Evaluation,
  Examples,
  PossibleMove,
  Trained,
  Trainer,
  Weighed,
} from '../../ports.ts'
import { examplesProblem } from '../../task/check-examples.ts'
import { choicesPerExample, exampleSize, numberTarget, outputCount } from '../../task/data.ts'
import { adjustmentFor } from '../../task/logit-adjustment.ts'
import { initialParameters, modelLayout } from '../../task/models.ts'
import type { CompleteTask } from '../../task/task.ts'
import type { BackendName } from '../browser/session.ts'
import { type Backend, startBackend } from './backend.ts'
import type { BackendOptions, Device } from './backends/device.ts'
import { sampleRows } from './batches.ts'
import { softmaxRows } from './cross-entropy.ts'
import { asDeviceError } from './device-error.ts'
import { evaluationOf, outputsOf } from './evaluation.ts'
import { unflatten } from './flatten.ts'
import { createMirror, type Mirror } from './mirror.ts'
import { requireRoomOnWasm } from './model-room.ts'
import type { Replica } from './replica.ts'
import { replicaFor } from './replica-choice.ts'
import { hopelessLoss } from './runaway.ts'
import { networkOn } from './threads/network-on.ts'
import type { ThreadedNetwork } from './threads/threaded-network.ts'
import type { ThreadOptions } from './threads/threads.ts'

export interface TfjsTrainerOptions extends BackendOptions {
  readonly task: CompleteTask
  /** Kept, and read for every batch: leave it as it is. */
  readonly examples: Examples
  readonly backend: BackendName
  /** Of the order of examples and the choice of the probe. */
  readonly seed: number
  /** Where training begins, copied; left out, the task's own initial parameters. */
  readonly parameters?: Float32Array
  /** Helpers for wasm; left out, or where they cannot begin, one thread trains. */
  readonly threads?: ThreadOptions
}

/** A Trainer on one tfjs backend. Rejects with DeviceError when the device fails, with RangeError for wrong sizes. */
export interface TfjsTrainer extends Trainer {
  /** Of this moment: a helper may be lost. */
  readonly device: Device & { readonly name: BackendName; readonly threads: number }
  /** Why training is slower than it might be here, as a sentence; undefined where it is not. */
  readonly note: string | undefined
  train(steps: number): Promise<Trained>
  /** Of this moment: training may begin before the answer, and goes on while the copy is on its way. */
  read(into?: Float32Array): Promise<Float32Array>
  write(params: Float32Array): Promise<void>
  add(delta: Float32Array, timesWeighed?: number): Promise<void>
  approach(model: EncodedModel, share: number): Promise<void>
  probe(params: Float32Array): Promise<number>
  weigh(move: PossibleMove): Promise<Weighed>
  evaluate(examples: Examples, params?: Float32Array): Promise<Evaluation>
  predict(inputs: Float32Array | Uint8Array, params?: Float32Array): Promise<Float32Array>
  /**
   * A copy of the parameters as last seen by the host, always finite: at most about a second of training old, older
   * where training has run away since. Never fails.
   */
  lastKnown(): Float32Array
}

const patienceMs = 100

/**
 * Starts the backend and puts the model on it. Rejects with DeviceError where the backend is missing or too small,
 * with RangeError for examples or parameters that do not fit the task.
 */
export async function createTfjsTrainer(options: TfjsTrainerOptions): Promise<TfjsTrainer> {
  const { task, examples, parameters, seed } = options
  const layout = modelLayout(task)
  const problem = examplesProblem(examples, task.data, 'examples')
  if (problem !== undefined) throw new RangeError(problem)
  const start = parameters?.slice() ?? initialParameters(layout, task.seed)
  requireSize(start, layout.size)
  if (options.backend === 'wasm') requireRoomOnWasm(layout.size)
  const backend = await startBackend(options.backend, options)
  backend.use()
  const priors = adjustmentFor(task, examples.labels)
  const { network, problem: lonely } = await networkOn(backend, options, priors)
  const mirror = createMirror(start, hopelessLoss(task.data))
  try {
    const choice = await replicaFor({
      backend,
      task,
      network,
      examples,
      seed,
      probeRows: sampleRows(examples.labels.length, probeExamples, seed),
      priors,
      start,
      mirror,
    })
    const note = [choice.note, lonely].filter((sentence) => sentence !== undefined).join(' ')
    return trainerOn(backend, options, { network, mirror, replica: choice.replica, note: note || undefined })
  } catch (error) {
    network.dispose()
    throw error
  }
}

interface Parts {
  readonly network: ThreadedNetwork
  readonly mirror: Mirror
  readonly replica: Replica
  readonly note: string | undefined
}

function trainerOn(
  backend: Backend,
  { task, examples }: TfjsTrainerOptions,
  { network, mirror, replica, note }: Parts,
): TfjsTrainer {
  const { training, data } = task
  const layout = modelLayout(task)
  const width = exampleSize(data)
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

  async function outputsWith(
    inputs: Examples['inputs'],
    given: Float32Array | undefined,
  ): Promise<Float32Array> {
    const compiled = replica.outputs?.(inputs, given)
    if (compiled !== undefined) return compiled
    const values = given?.slice() ?? (await replica.read())
    backend.use()
    const tensors = unflatten(backend, layout, values)
    try {
      return await outputsOf(backend, network, tensors, inputs, data)
    } finally {
      dispose(tensors)
    }
  }

  return {
    layout,
    samples: examples.labels.length,
    get device() {
      const { name, adapter, software } = backend
      const threads = Math.max(network.threads, backend.threads)
      const counted =
        name === 'wasm' ? `${adapter}, ${threads} ${threads === 1 ? 'thread' : 'threads'}` : adapter
      return { name, adapter: counted, software, threads }
    },
    note,
    train: (steps) =>
      onDevice(async () => {
        const loss = await replica.train(steps)
        if (steps > 0) mirror.judge(loss)
        return { steps, samples: steps * training.batchSize, loss }
      }),
    read: async (into) => {
      if (into !== undefined) requireSize(into, layout.size)
      return onDevice(() => replica.read(into))
    },
    write: async (values) => {
      requireSize(values, layout.size)
      return onDevice(async () => replica.write(values))
    },
    add: async (delta, timesWeighed) => {
      requireSize(delta, layout.size)
      return onDevice(() => replica.add(delta, timesWeighed))
    },
    approach: async (model, share) => {
      const { length } = model.bytes
      if (length !== codecs[model.codec].byteLength(layout.size))
        throw new RangeError(`${length} bytes are no ${model.codec} model of ${layout.size} parameters`)
      return onDevice(() => replica.approach(model, share))
    },
    probe: async (values) => {
      requireSize(values, layout.size)
      return onDevice(() => replica.probe(values))
    },
    weigh: async (move) => {
      requireSize(move.difference, layout.size)
      return onDevice(() => replica.weigh(move))
    },
    evaluate: async (given, values) => {
      const problem = examplesProblem(given, data, 'examples')
      if (problem !== undefined) throw new RangeError(problem)
      if (values !== undefined) requireSize(values, layout.size)
      return onDevice(async () => evaluationOf(await outputsWith(given.inputs, values), given, data))
    },
    predict: async (inputs, values) => {
      if (inputs.length % width !== 0)
        throw new RangeError(`${inputs.length} inputs are no whole number of examples of ${width}`)
      if (values !== undefined) requireSize(values, layout.size)
      return onDevice(async () => answersOf(await outputsWith(inputs, values), data))
    },
    lastKnown: () => mirror.copy(),
    dispose: () => {
      if (disposed) return
      disposed = true
      network.dispose()
      replica.dispose()
    },
  }
}

/** Class probabilities, or numbers in their own unit. */
function answersOf(outputs: Float32Array, data: CompleteTask['data']): Float32Array {
  const number = numberTarget(data)
  if (number === undefined) return softmaxRows(lastChoices(outputs, data), outputCount(data))
  return outputs.map((value) => number.mean + number.deviation * value)
}

/** Of each example the logits of its last choice: what comes after a window of text. */
function lastChoices(logits: Float32Array, data: CompleteTask['data']): Float32Array {
  const choices = choicesPerExample(data)
  if (choices === 1) return logits
  const classes = outputCount(data)
  const count = logits.length / classes / choices
  const last = new Float32Array(count * classes)
  for (let i = 0; i < count; i++) {
    const end = (i + 1) * choices * classes
    last.set(logits.subarray(end - classes, end), i * classes)
  }
  return last
}

function requireSize(values: Float32Array, size: number): void {
  if (values.length !== size) throw new RangeError(`${values.length} parameters where ${size} belong`)
}
