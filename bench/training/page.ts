import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import type { Examples } from '@gossamer/core'
import { createTfjsTrainer } from '@gossamer/core/tfjs'
import { ready, setBackend, tensor } from '@tensorflow/tfjs-core'
import { countGpuCalls } from './counters.ts'
import { kernelsOf, restoreKernels } from './kernel-sets.ts'
import type { Measured, Variant } from './measured.ts'
import { batchSize, models } from './models.ts'

type Backend = Parameters<typeof createTfjsTrainer>[0]['backend']

/** Steps of ours in a round: as many as between two exchanges of gossip, or twice. */
const ourSteps = 32
/** Of stock in a round, which waits for every step. */
const stockSteps = 2

const counters = countGpuCalls()
const stockWasm = kernelsOf('wasm')
const failures: string[] = []

const examples: Examples = {
  inputs: Uint8Array.from(
    { length: 512 * 784 },
    (_, i) => ((i * 7919) % 251) * ((i % 784) % 10 === Math.floor(i / 784) % 10 ? 1 : 0.3),
  ),
  labels: Uint8Array.from({ length: 512 }, (_, i) => i % 10),
  shape: [28, 28, 1],
}

interface Runner {
  /** Takes steps and says how long JavaScript held the thread before it first waited. */
  run(steps: number): Promise<number>
  readonly steps: number
  /** Before a turn. */
  enter(): Promise<void>
}

async function stockRunner(model: string, backend: string): Promise<Runner> {
  const enter = async (): Promise<void> => {
    if (backend === 'wasm') restoreKernels('wasm', stockWasm)
    await setBackend(backend)
    await ready()
  }
  await enter()
  const sequential = models[model]?.stock()
  const inputs = Float32Array.from(examples.inputs.subarray(0, batchSize * 784), (value) => value / 255)
  const oneHot = new Float32Array(batchSize * 10)
  for (let i = 0; i < batchSize; i++) oneHot[i * 10 + (examples.labels[i] ?? 0)] = 1
  const x = tensor(inputs, [batchSize, 28, 28, 1])
  const y = tensor(oneHot, [batchSize, 10])
  return {
    steps: stockSteps,
    enter,
    run: async (steps) => {
      let jsMs = 0
      for (let i = 0; i < steps; i++) {
        const startMs = performance.now()
        const result = sequential?.trainOnBatch(x, y)
        jsMs += performance.now() - startMs
        await result
      }
      return jsMs
    },
  }
}

async function ourRunner(model: string, backend: Backend): Promise<Runner & { readonly adapter: string }> {
  const bench = models[model]
  if (bench === undefined) throw new RangeError(`there is no model ${model}`)
  const trainer = await createTfjsTrainer({ task: bench.task, examples, backend, seed: 1 })
  if (trainer.note !== undefined) failures.push(trainer.note)
  const wasm = kernelsOf('wasm')
  return {
    adapter: trainer.device.adapter,
    steps: ourSteps,
    enter: async () => {
      if (backend === 'wasm') restoreKernels('wasm', wasm)
      await setBackend(backend)
    },
    run: async (steps) => {
      const startMs = performance.now()
      const training = trainer.train(steps)
      const jsMs = performance.now() - startMs
      const { loss } = await training
      if (!Number.isFinite(loss)) failures.push(`the loss is ${loss}`)
      return jsMs
    },
  }
}

async function turn(runner: Runner): Promise<Omit<Variant, 'stepMs'> & { readonly stepMs: number }> {
  await runner.enter()
  counters.take()
  const startMs = performance.now()
  const jsMs = await runner.run(runner.steps)
  const tookMs = performance.now() - startMs
  const { dispatches, submits, bytesRead } = counters.take()
  const each = (total: number): number => total / runner.steps
  return {
    stepMs: each(tookMs),
    jsMs: each(jsMs),
    dispatches: each(dispatches),
    submits: each(submits),
    bytesRead: each(bytesRead),
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

function summary(turns: readonly Awaited<ReturnType<typeof turn>>[]): Variant {
  const of = (key: 'jsMs' | 'dispatches' | 'submits' | 'bytesRead'): number =>
    median(turns.map((one) => one[key]))
  return {
    stepMs: turns.map(({ stepMs }) => stepMs),
    jsMs: of('jsMs'),
    dispatches: of('dispatches'),
    submits: of('submits'),
    bytesRead: of('bytesRead'),
  }
}

/** Stock wasm cannot train convolutions: there we compare with plain JavaScript. */
window.measure = async (model, backend, rounds): Promise<Measured> => {
  const chosen = backend as Backend
  const ours = await ourRunner(model, chosen)
  const stock = await stockRunner(model, model === 'cnn' && backend === 'wasm' ? 'cpu' : backend)
  const pairs = []
  for (let round = -1; round < rounds; round++) {
    const pair = { stock: await turn(stock), ours: await turn(ours) }
    if (round >= 0) pairs.push(pair)
  }
  if (failures.length > 0) throw new Error(failures.join('; '))
  return {
    adapter: ours.adapter,
    stock: summary(pairs.map((pair) => pair.stock)),
    ours: summary(pairs.map((pair) => pair.ours)),
  }
}
