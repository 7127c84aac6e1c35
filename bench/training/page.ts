import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { createTfjsTrainer } from '@gossamer/core/tfjs'
import { ready, setBackend } from '@tensorflow/tfjs-core'
import { countGpuCalls } from './counters.ts'
import { kernelsOf, restoreKernels } from './kernel-sets.ts'
import type { Side, Turn } from './measured.ts'
import { type BenchModel, models } from './models.ts'

type Backend = Parameters<typeof createTfjsTrainer>[0]['backend']

const counters = countGpuCalls()
const stockWasm = kernelsOf('wasm')
const failures: string[] = []

interface Runner {
  run(steps: number): Promise<void>
  readonly steps: number
  /** Before a turn. */
  enter(): Promise<void>
}

function benchOf(model: string): BenchModel {
  const bench = models[model]
  if (bench === undefined) throw new RangeError(`there is no model ${model}`)
  return bench
}

async function stockRunner(model: string, backend: string): Promise<Runner> {
  const enter = async (): Promise<void> => {
    if (backend === 'wasm') restoreKernels('wasm', stockWasm)
    await setBackend(backend)
    await ready()
  }
  await enter()
  const bench = benchOf(model)
  const step = bench.stock()
  return {
    steps: bench.turns.stock,
    enter,
    run: async (steps) => {
      for (let i = 0; i < steps; i++) await step()
    },
  }
}

async function ourRunner(model: string, backend: Backend): Promise<Runner & { readonly adapter: string }> {
  const bench = benchOf(model)
  const trainer = await createTfjsTrainer({ task: bench.task, examples: bench.examples, backend, seed: 1 })
  if (trainer.note !== undefined) failures.push(trainer.note)
  const wasm = kernelsOf('wasm')
  return {
    adapter: trainer.device.adapter,
    steps: bench.turns.ours,
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
