import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import type { Examples } from '@gossamer/core'
import { createTfjsTrainer } from '@gossamer/core/tfjs'
import { ready, setBackend, tensor } from '@tensorflow/tfjs-core'
import { countGpuCalls } from './counters.ts'
import { kernelsOf, restoreKernels } from './kernel-sets.ts'
import type { Side, Turn } from './measured.ts'
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
  run(steps: number): Promise<void>
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
      for (let i = 0; i < steps; i++) await sequential?.trainOnBatch(x, y)
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
      const { loss } = await trainer.train(steps)
      if (!Number.isFinite(loss)) failures.push(`the loss is ${loss}`)
    },
  }
}

async function turn(runner: Runner): Promise<Turn> {
  const { steps } = runner
  await runner.enter()
  counters.take()
  const startMs = performance.now()
  await runner.run(steps)
  const stepMs = (performance.now() - startMs) / steps
  const { dispatches, submits, bytesRead } = counters.take()
  if (failures.length > 0) throw new Error(failures.join('; '))
  return {
    steps,
    stepMs,
    dispatches: dispatches / steps,
    submits: submits / steps,
    bytesRead: bytesRead / steps,
  }
}

let runners: Readonly<Record<Side, Runner>> | undefined

window.bench = {
  prepare: async (model, backend) => {
    const ours = await ourRunner(model, backend as Backend)
    // Stock wasm cannot train convolutions: there we compare with plain JavaScript.
    const stock = await stockRunner(model, model === 'cnn' && backend === 'wasm' ? 'cpu' : backend)
    runners = { ours, stock }
    return ours.adapter
  },
  turn: async (side) => {
    if (runners === undefined) throw new Error('nothing is prepared')
    return turn(runners[side])
  },
}
