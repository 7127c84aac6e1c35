import {
  createTfjsTrainer,
  serveThread,
  type TfjsTrainer,
  type ThreadSetup,
  threadOfThisScript,
} from '@gossamer/core/tfjs'
import { models } from '../training/models.ts'
import type { ThreadsResult, ThreadsWish } from './measured.ts'

const turnMs = 500

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ThreadsWish | ThreadSetup>) => void) | null
  postMessage(message: unknown): void
}

async function stepMs(trainer: TfjsTrainer, steps: number): Promise<number> {
  const startMs = performance.now()
  await trainer.train(steps)
  return (performance.now() - startMs) / steps
}

async function measured({ model, threads, rounds }: ThreadsWish): Promise<ThreadsResult> {
  const of = models[model]
  if (of === undefined) throw new RangeError(`there is no model ${model}`)
  const { task, examples } = of
  const options = { task, examples, backend: 'wasm', seed: 1 } as const
  const alone = await createTfjsTrainer(options)
  const shared = await createTfjsTrainer({
    ...options,
    threads: { count: threads, start: threadOfThisScript },
  })
  if (shared.device.threads !== threads) throw new Error(`${model} does not train on ${threads} threads`)
  const warm = await stepMs(alone, 5)
  await stepMs(shared, 5)
  const steps = Math.max(2, Math.ceil(turnMs / warm))
  const times: { readonly alone: number; readonly shared: number }[] = []
  for (let round = 0; round < rounds; round++)
    times.push({ alone: await stepMs(alone, steps), shared: await stepMs(shared, steps) })
  alone.dispose()
  shared.dispose()
  return { alone: times.map(({ alone }) => alone), shared: times.map(({ shared }) => shared) }
}

scope.onmessage = ({ data }) => {
  if (data.type === 'thread') void serveThread(data, (message) => scope.postMessage(message))
  else
    measured(data).then(
      (result) => scope.postMessage(result),
      (error: unknown) => scope.postMessage({ error: String(error) }),
    )
}
