import { memory } from '@tensorflow/tfjs-core'
import type { Examples } from '../../../ports.ts'
import type { CompleteTask } from '../../../task/task.ts'
import { trialsToKeep } from '../past-trials.ts'
import { chooseTrainer } from '../select-backend.ts'
import { createTfjsTrainer } from '../trainer.ts'
import { serveThread, type ThreadSetup } from './serve-thread.ts'
import { threadOfThisScript } from './threads.ts'

/** What the tests of threads ask of this worker, which is a thread of another one of its kind, or trains. */
interface Wish {
  readonly task: CompleteTask
  readonly examples: Examples
  readonly threads: number
  /** What helpers run; left out, this worker's own script. */
  readonly script?: string
}

export interface TrainingWish extends Wish {
  readonly type: 'train'
  readonly steps: number
  /** Terminates a helper after the first of the steps. */
  readonly killing?: boolean
}

/** Chooses a trainer by trials of an earlier one, and trains at another rate. */
export interface ChoosingWish extends Wish {
  readonly type: 'choose'
  readonly wanted: 'wasm' | 'auto'
  /** Milliseconds a step on one thread, and on as many as `pastThreads`. */
  readonly past: readonly [alone: number, shared: number]
  readonly pastThreads: number
}

export interface ChoosingResult {
  readonly why: string
  readonly adapter: string
  /** After the learning rate was set. */
  readonly laterAdapter: string
}

export interface TrainingResult {
  readonly adapter: string
  readonly note: string | undefined
  readonly loss: number
  readonly params: Float32Array
  /** Tensors that half of the steps left behind. */
  readonly leaked: number
}

// Vitest wraps dynamic imports in a function that only pages have.
Object.assign(globalThis, {
  __vitest_browser_runner__: { wrapDynamicImport: (load: () => unknown) => load() },
})

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ThreadSetup | TrainingWish | ChoosingWish>) => void) | null
  postMessage(message: unknown): void
}

const starterOf = ({ script }: Wish): (() => Worker) =>
  script === undefined ? threadOfThisScript : () => new Worker(script, { type: 'module' })

async function chosen(wish: ChoosingWish): Promise<ChoosingResult> {
  const { task, examples, wanted, threads: count, pastThreads } = wish
  const [alone, shared] = wish.past.map(
    (stepMs) => ({ type: 'timed', name: 'wasm', software: false, stepMs }) as const,
  )
  if (alone === undefined || shared === undefined) throw new Error('there are two trials')
  const past = await trialsToKeep(task, [alone, { ...shared, threads: pastThreads }], pastThreads)
  const threads = { count, start: starterOf(wish) }
  const trainer = await chooseTrainer({ task, examples, seed: 1, wanted, past, threads })
  await trainer.train(2)
  const { why, adapter } = trainer.backend()
  await trainer.setLearningRate(0.01)
  await trainer.train(2)
  const later = trainer.backend()
  trainer.dispose()
  return { why, adapter, laterAdapter: later.adapter }
}

async function trained(wish: TrainingWish): Promise<TrainingResult> {
  const { task, examples, threads: count, steps, killing = false } = wish
  const helpers: Worker[] = []
  const startOne = starterOf(wish)
  const start = (): Worker => {
    const worker = startOne()
    helpers.push(worker)
    return worker
  }
  const trainer = await createTfjsTrainer({
    task,
    examples,
    backend: 'wasm',
    seed: 1,
    threads: { count, start },
  })
  await trainer.train(1)
  if (killing) {
    helpers[0]?.terminate()
    await new Promise((resolve) => setTimeout(resolve, 3_000))
  }
  await trainer.train(Math.floor(steps / 2) - 1)
  const before = memory().numTensors
  const { loss } = await trainer.train(Math.ceil(steps / 2))
  const leaked = memory().numTensors - before
  const params = await trainer.read()
  const { device, note } = trainer
  trainer.dispose()
  return { adapter: device.adapter, note, loss, params, leaked }
}

scope.onmessage = ({ data }) => {
  if (data.type === 'thread') void serveThread(data, (message) => scope.postMessage(message))
  else
    Promise.resolve(data.type === 'train' ? trained(data) : chosen(data)).then(
      (result) => scope.postMessage({ result }),
      (error: unknown) => scope.postMessage({ error: String(error) }),
    )
}
