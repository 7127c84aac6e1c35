import { layersOf } from '../../../task/models.ts'
import type { CompleteTask } from '../../../task/task.ts'
import { DeviceError } from '../device-error.ts'
import type { FromThread, ThreadSetup } from './serve-thread.ts'
import { afterTurn, broken, over, type SharedStep, type StepShape, sharedStep } from './shared-step.ts'

/** How a trainer gets help. */
export interface ThreadOptions {
  /** Threads that train, the one that asks included; 2 or more. */
  readonly count: number
  /** A worker that answers a `ThreadSetup`, as `serveEngine` makes it; the trainer terminates it. */
  readonly start: () => Worker
}

/** Helpers that sleep until a step is shared with them. */
export interface Threads {
  readonly shape: StepShape
  readonly memory: SharedStep
  /** Wakes them: what `memory` asks is complete. */
  begin(): void
  /** Sleeps until all have answered. Throws Error where one has failed or does not answer. */
  finish(): void
  dispose(): void
}

const patienceMs = 1_000
/** Times that patience ends in a row: a tab that was frozen in the middle of a step loses one. */
const mostPatience = 5
const startingMs = 20_000

/** Whether a thread may share memory with others, and sleep: not where the page is not cross-origin isolated, nor on its own thread. */
export const canShare = (): boolean =>
  (globalThis as { readonly crossOriginIsolated?: boolean }).crossOriginIsolated === true &&
  typeof Worker === 'function' &&
  typeof document === 'undefined'

/** Half of a device's threads, at most 4: the page, the connections and other tabs need some, too. */
export const threadsFor = (hardwareConcurrency: number): number =>
  Math.min(4, Math.floor(hardwareConcurrency / 2))

/** Whether shards of a batch give what the whole batch gives: not where examples are normed by one another. */
export function isShardable(task: CompleteTask): boolean {
  if (task.model.kind === 'transformer') return true
  return layersOf(task).every(({ type }) => type !== 'batch-norm')
}

/** Starts the helpers. Rejects with DeviceError where they cannot begin. */
export async function startThreads(
  { start }: Pick<ThreadOptions, 'start'>,
  shape: StepShape,
  setup: Pick<ThreadSetup, 'task' | 'adjustment' | 'wasmPaths'>,
): Promise<Threads> {
  const memory = sharedStep(shape)
  const workers: Worker[] = []
  const dispose = (): void => {
    // A sleeping worker would live on for seconds after its end.
    Atomics.store(memory.turn, 0, over)
    Atomics.notify(memory.turn, 0)
    for (const worker of workers) worker.terminate()
  }
  try {
    await Promise.all(
      memory.answers.map((_, helper) => {
        const worker = start()
        workers.push(worker)
        const { buffer } = memory
        return ready(worker, { type: 'thread', index: helper + 1, shape, buffer, ...setup })
      }),
    )
  } catch (error) {
    dispose()
    throw new DeviceError('wasm', 'unavailable', error instanceof Error ? error.message : String(error))
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
    finish: () => {
      for (const { done } of memory.answers) waitFor(done, turn)
    },
    dispose,
  }
}

function waitFor(done: Int32Array, turn: number): void {
  for (let patience = mostPatience; ; ) {
    const seen = Atomics.load(done, 0)
    if (seen === turn) return
    if (seen === broken) throw new Error('a thread has failed')
    if (Atomics.wait(done, 0, seen, patienceMs) !== 'timed-out') continue
    patience -= 1
    if (patience === 0) throw new Error('a thread does not answer')
  }
}

function ready(worker: Worker, setup: ThreadSetup): Promise<void> {
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Error('a thread did not begin in time')), startingMs)
    const settle = (decide: () => void): void => {
      clearTimeout(tooLate)
      decide()
    }
    worker.onmessage = ({ data }: MessageEvent<FromThread>) =>
      settle(() => (data.type === 'ready' ? resolve() : reject(new Error(`a thread failed: ${data.reason}`))))
    // Of a script that cannot be loaded browsers say nothing more.
    worker.onerror = ({ message = 'its script cannot be loaded' }) =>
      settle(() => reject(new Error(`a thread failed: ${message}`)))
    worker.postMessage(setup)
  })
}
