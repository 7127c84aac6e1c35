import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-backend-webgpu'
import { createTfjsTrainer } from '@gossamer/core/tfjs'
import { ready, setBackend } from '@tensorflow/tfjs-core'
import { countGpuCalls } from './counters.ts'
import { stepFlops } from './flops.ts'
import { type KernelSet, kernelsOf, restoreKernels } from './kernel-sets.ts'
import type { Side, Turn } from './measured.ts'
import { type BenchModel, models, type StockModel } from './models.ts'
import { fastest, type Product, shaderProduct, tfjsProduct } from './peak.ts'
import { peerSteps } from './peer.ts'

type Backend = Parameters<typeof createTfjsTrainer>[0]['backend']

const counters = countGpuCalls()
/** As they are before a trainer of ours registers its own. */
const stockKernels: Readonly<Record<string, KernelSet>> = {
  wasm: kernelsOf('wasm'),
  webgpu: kernelsOf('webgpu'),
}
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

async function enter(backend: string, kernels: KernelSet | undefined): Promise<void> {
  if (kernels !== undefined) restoreKernels(backend, kernels)
  await setBackend(backend)
  await ready()
}

const enterStock = (backend: string): Promise<void> => enter(backend, stockKernels[backend])

async function stockRunner(
  model: string,
  backend: string,
  kernels = stockKernels[backend],
): Promise<Runner & { readonly built: StockModel }> {
  await enter(backend, kernels)
  const bench = benchOf(model)
  const built = bench.stock()
  return {
    built,
    steps: bench.turns.stock,
    enter: () => enter(backend, kernels),
    run: async (steps) => {
      for (let i = 0; i < steps; i++) await built.step()
    },
  }
}

/** Stock's own model, as of a user who has imported our kernels. Undefined where stock has no step to compare. */
async function kernelsRunner(model: string, backend: Backend): Promise<Runner | undefined> {
  if (backend !== 'webgpu') return undefined
  await enterStock(backend)
  const { registerWebgpuKernels } = await import('@gossamer/core/kernels/webgpu')
  registerWebgpuKernels()
  return stockRunner(model, backend, kernelsOf(backend))
}

/** The peer, after its first two steps have shown the losses of stock's. Undefined for a model that it lacks. */
async function jaxRunner(model: string, backend: Backend, stock: StockModel): Promise<Runner | undefined> {
  const { task, turns } = benchOf(model)
  const { shared } = stock
  if (shared === undefined || (backend !== 'wasm' && backend !== 'webgpu')) return undefined
  const run = await peerSteps(task, backend, await shared.weights(), shared.images, shared.oneHot)
  for (let i = 0; i < 2; i++) {
    const [expected, found] = [Number(await stock.step()), await run(1)]
    if (!(Math.abs(found - expected) <= 1e-3 * expected))
      throw new Error(`jax-js has the loss ${found} at step ${i}, tfjs ${expected}`)
  }
  return {
    steps: turns.jax,
    enter: async () => undefined,
    run: async (steps) => {
      const loss = await run(steps)
      if (!Number.isFinite(loss)) failures.push(`the loss of jax-js is ${loss}`)
    },
  }
}

/** On a GPU of hardware small products would not fill it. */
async function peakOf(backend: string): Promise<Runner & { readonly product: Product }> {
  await enterStock(backend)
  const product =
    backend === 'webgpu' ? await fastest([await shaderProduct(512), tfjsProduct(512)]) : tfjsProduct(256)
  return {
    product,
    steps: backend === 'webgpu' ? 4 : 32,
    enter: () => enterStock(backend),
    run: (count) => product.run(count),
  }
}

async function ourRunner(model: string, backend: Backend): Promise<Runner & { readonly adapter: string }> {
  const bench = benchOf(model)
  const trainer = await createTfjsTrainer({ task: bench.task, examples: bench.examples, backend, seed: 1 })
  if (trainer.note !== undefined) failures.push(trainer.note)
  const kernels = kernelsOf(backend)
  return {
    adapter: trainer.device.adapter,
    steps: bench.turns.ours,
    enter: () => enter(backend, kernels),
    run: async (steps) => {
      const { loss } = await trainer.train(steps)
      if (!Number.isFinite(loss)) failures.push(`the loss is ${loss}`)
    },
  }
}

async function turn(runner: Runner): Promise<Turn> {
  const { steps } = runner
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

let runners: Partial<Record<Side, Runner>> = {}
let entered: Runner | undefined

window.bench = {
  prepare: async (model, name) => {
    const backend = name as Backend
    const ours = await ourRunner(model, backend)
    // Stock wasm cannot train convolutions: there we compare with plain JavaScript.
    const stock = await stockRunner(model, model.endsWith('cnn') && backend === 'wasm' ? 'cpu' : backend)
    const kernels = await kernelsRunner(model, backend)
    const jax = await jaxRunner(model, backend, stock.built)
    const peak = await peakOf(backend)
    runners = {
      stock,
      ...(kernels === undefined ? {} : { kernels }),
      ours,
      ...(jax === undefined ? {} : { jax }),
      peak,
    }
    return {
      adapter: ours.adapter,
      sides: Object.keys(runners) as Side[],
      flops: { ours: stepFlops(benchOf(model).task), peak: peak.product.flops },
      peak: peak.product.name,
    }
  },
  enter: async (side) => {
    entered = runners[side]
    if (entered === undefined) throw new Error(`there is no ${side} here`)
    await entered.enter()
  },
  turn: async () => {
    if (entered === undefined) throw new Error('nobody has entered')
    return turn(entered)
  },
}
