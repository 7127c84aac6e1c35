import { layersOf } from '../../../task/models.ts'
import type { CompleteTask } from '../../../task/task.ts'
import type { FromThread, ThreadSetup } from './serve-thread.ts'
import { afterTurn, broken, over, type SharedStep, type StepShape, sharedStep } from './shared-step.ts'

/** How a trainer gets help. */
export interface ThreadOptions {
  /** The most threads that train, the one that asks included. */
  readonly count: number
  /** A worker that answers a `ThreadSetup` by `serveThread`; the trainer terminates it. */
  readonly start: () => Worker
}

/** Helpers that sleep until a step is shared with them. */
export interface Threads {
  readonly shape: StepShape
  readonly memory: SharedStep
  /** Wakes them: what `memory` asks is complete. */
  begin(): void
  /** Sleeps until all have answered; false where one has failed or does not answer. */
  finish(): boolean
  dispose(): void
}

const patienceMs = 1_000
/** Times that patience ends in a row: a tab that was frozen in the middle of a step loses one. */
const mostPatience = 5
const startingMs = 20_000

/** What this worker can have for help: nothing where threads may not share memory, or may not sleep. */
export function threadsHere(most?: number): ThreadOptions | undefined {
  if (!canShare()) return undefined
  const { hardwareConcurrency } = globalThis.navigator
  const count = mostThreads(hardwareConcurrency, most)
  return count < 2 ? undefined : { count, start: threadOfThisScript }
}

/** A worker that runs what this one runs, so that nobody has to bundle another. */
export const threadOfThisScript = (): Worker =>
  new Worker((globalThis as unknown as { readonly location: { readonly href: string } }).location.href, {
    type: 'module',
    name: 'gossamer thread',
  })

/** Not on a page that is not cross-origin isolated, and not on a page's own thread. */
const canShare = (): boolean =>
  (globalThis as { readonly crossOriginIsolated?: boolean }).crossOriginIsolated === true &&
  typeof Worker === 'function' &&
  typeof document === 'undefined'

/**
 * At most as many as the device has; where nobody says how many, half of them and no more than 4: the page, the connections
 * and other tabs need some, too.
 */
export function mostThreads(hardwareConcurrency: number, wanted?: number): number {
  const most = wanted ?? Math.min(4, hardwareConcurrency / 2)
  return Math.max(1, Math.floor(Math.min(hardwareConcurrency, most)) || 1)
}

/** How many threads can share a step of the task: one where examples are normed by one another. */
export function usefulThreads({ model, training, data }: CompleteTask, count = 1): number {
  const isNormed =
    model.kind !== 'transformer' && layersOf({ model, data }).some(({ type }) => type === 'batch-norm')
  return isNormed ? 1 : Math.max(1, Math.floor(Math.min(count, training.batchSize)) || 1)
}

/** Starts the helpers. Rejects with Error where they cannot begin. */
export async function startThreads(
  start: ThreadOptions['start'],
  shape: StepShape,
  setup: Pick<ThreadSetup, 'task' | 'adjustment' | 'wasmPaths'>,
): Promise<Threads> {
  const memory = sharedStep(shape)
  const { buffer } = memory
  const workers: Worker[] = []
  const dispose = (): void => {
    // A sleeping worker would live on for seconds after its end.
    Atomics.store(memory.turn, 0, over)
    Atomics.notify(memory.turn, 0)
    for (const worker of workers) worker.terminate()
  }
  try {
    await Promise.all(
      memory.answers.map(async (_, helper) => {
        const worker = start()
        workers.push(worker)
        await ready(worker, { type: 'thread', index: helper + 1, shape, buffer, ...setup })
      }),
    )
  } catch (error) {
    dispose()
    throw error
  }
  let turn = 0
  return {
    shape,
    memory,
    begin: () => {
      turn = afterTurn(turn)
      Atomics.store(memory.turn, 0, turn)
      Atomics.notify(memory.turn, 0)
    },
    finish: () => memory.answers.every(({ done }) => hasAnswered(done, turn)),
    dispose,
  }
}

function hasAnswered(done: Int32Array, turn: number): boolean {
  for (let patience = mostPatience; patience > 0; ) {
    const seen = Atomics.load(done, 0)
    if (seen === turn || seen === broken) return seen === turn
    if (Atomics.wait(done, 0, seen, patienceMs) === 'timed-out') patience -= 1
  }
  return false
}

function ready(worker: Worker, setup: ThreadSetup): Promise<void> {
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Error('a thread did not begin in time')), startingMs)
    const settle = (reason: string | undefined): void => {
      clearTimeout(tooLate)
      if (reason === undefined) resolve()
      else reject(new Error(`a thread failed: ${reason}`))
    }
    worker.onmessage = ({ data }: MessageEvent<FromThread>) =>
      settle(data.type === 'ready' ? undefined : data.reason)
    worker.onerror = (event) => {
      // It would go on to the page, which takes it for the end of this worker.
      event.preventDefault()
      settle(event.message ?? 'its script cannot be loaded')
    }
    worker.postMessage(setup)
  })
}
