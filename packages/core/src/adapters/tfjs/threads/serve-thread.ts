import { dispose, ones, type Rank, type Tensor2D, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core'
import { choicesPerExample, exampleSize, outputCount } from '../../../task/data.ts'
import { modelLayout } from '../../../task/models.ts'
import type { CompleteTask } from '../../../task/task.ts'
import { arithmeticFor } from '../arithmetic/choose.ts'
import { startBackend } from '../backend.ts'
import { unflatten } from '../flatten.ts'
import { networkFor } from '../models/choose.ts'
import { shardSeed } from './shard-seed.ts'
import { broken, over, type Shard, type SharedStep, type StepShape, sharedStep } from './shared-step.ts'

/** Makes a worker a helper of one trainer; the only message it gets. */
export interface ThreadSetup {
  readonly type: 'thread'
  /** Which of the shards is its own, 1 or more. */
  readonly index: number
  readonly task: CompleteTask
  readonly shape: StepShape
  readonly buffer: SharedArrayBuffer
  /** Added to the outputs; undefined: nothing is. */
  readonly adjustment: Float32Array | undefined
  readonly wasmPaths: Readonly<Record<string, string>> | undefined
}

/** What a helper says once: that it can begin, or why not. */
export type FromThread = { readonly type: 'ready' } | { readonly type: 'broken'; readonly reason: string }

/**
 * Computes the gradients of its shard of every batch, on a tfjs of its own, until its trainer is disposed. Between
 * steps it sleeps, and so does everything else in this thread.
 */
export async function serveThread(setup: ThreadSetup, say: (message: FromThread) => void): Promise<void> {
  const { index, shape, buffer } = setup
  const step = sharedStep(shape, buffer)
  const shard = shape.shards[index]
  const answer = step.answers[index - 1]
  try {
    if (shard === undefined || answer === undefined) throw new RangeError(`there is no shard ${index}`)
    const compute = await computing(setup, step, shard, answer)
    say({ type: 'ready' })
    for (let seen = 0; ; ) {
      Atomics.wait(step.turn, 0, seen)
      seen = Atomics.load(step.turn, 0)
      if (seen === over) return
      compute()
      Atomics.store(answer.done, 0, seen)
      Atomics.notify(answer.done, 0)
    }
  } catch (error) {
    // Whoever waits in the middle of a step hears of it there, whoever waits for a helper to begin here.
    if (answer !== undefined) {
      Atomics.store(answer.done, 0, broken)
      Atomics.notify(answer.done, 0)
    }
    say({ type: 'broken', reason: error instanceof Error ? error.message : String(error) })
  }
}

async function computing(
  { index, task, adjustment, wasmPaths }: ThreadSetup,
  step: SharedStep,
  { first, count }: Shard,
  answer: SharedStep['answers'][number],
): Promise<() => void> {
  const backend = await startBackend('wasm', wasmPaths === undefined ? {} : { wasmPaths })
  backend.use()
  const layout = modelLayout(task)
  const network = networkFor(task, arithmeticFor(backend))
  const width = exampleSize(task.data)
  const choices = choicesPerExample(task.data)
  const columns = outputCount(task.data)
  const batchOfOnes = ones<Rank.R2>([1, count])
  const added = adjustment === undefined ? undefined : tensor1d(adjustment)
  const rows = (values: Float32Array, size: number): Float32Array =>
    values.subarray(first * size, (first + count) * size)
  const inputs = rows(step.inputs, width)
  const wanted = rows(step.wanted, choices * columns)
  const view = backend.view
  if (view === undefined) throw new Error('this backend does not show its memory')

  return () => {
    const params = unflatten(backend, layout, step.parameters)
    tidy(() => {
      const { outputs, gradients } = network.gradients(params, {
        inputs: tensor2d(inputs, [count, width]),
        wanted: tensor2d(wanted, [count * choices, columns]) as Tensor2D,
        ones: batchOfOnes,
        adjustment: added,
        seed: shardSeed(step.seed[0] ?? 0, index),
      })
      let offset = 0
      for (const gradient of gradients) {
        answer.gradients.set(view(gradient), offset)
        offset += gradient.size
      }
      answer.outputs.set(view(outputs))
    })
    dispose(params)
  }
}
