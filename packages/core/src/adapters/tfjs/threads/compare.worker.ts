import { memory } from '@tensorflow/tfjs-core'
import type { Examples } from '../../../ports.ts'
import type { CompleteTask } from '../../../task/task.ts'
import { createTfjsTrainer } from '../trainer.ts'
import { serveThread, type ThreadSetup } from './serve-thread.ts'

/** What the tests of threads ask of this worker, which is a thread of another one of its kind, or trains. */
export interface TrainingWish {
  readonly type: 'train'
  readonly task: CompleteTask
  readonly examples: Examples
  readonly threads: number
  readonly steps: number
  /** Terminates a helper after the first of the steps. */
  readonly killing?: boolean
  /** What helpers run; left out, this worker's own script. */
  readonly script?: string
}

export interface TrainingResult {
  readonly adapter: string
  readonly threads: number
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
  readonly location: { readonly href: string }
  onmessage: ((event: MessageEvent<ThreadSetup | TrainingWish>) => void) | null
  postMessage(message: unknown): void
}

async function trained(wish: TrainingWish): Promise<TrainingResult> {
  const { task, examples, threads: count, steps, killing = false } = wish
  const helpers: Worker[] = []
  const start = (): Worker => {
    const worker = new Worker(wish.script ?? scope.location.href, { type: 'module' })
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
  const { adapter, threads } = trainer.device
  trainer.dispose()
  return { adapter, threads, loss, params, leaked }
}

scope.onmessage = ({ data }) => {
  if (data.type === 'thread') void serveThread(data, (message) => scope.postMessage(message))
  else
    trained(data).then(
      (result) => scope.postMessage({ result }),
      (error: unknown) => scope.postMessage({ error: String(error) }),
    )
}
