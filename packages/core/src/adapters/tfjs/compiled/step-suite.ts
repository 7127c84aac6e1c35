import { expect } from 'vitest'
import { normal, seededRandom } from '../../../lib/random.ts'
import { elements } from '../../../params/layout.ts'
import type { Examples, Layout, TensorLayout } from '../../../ports.ts'
import { initialParameters } from '../../../task/models.ts'
import type { CompleteTask } from '../../../task/task.ts'
import { createTfjsTrainer, type TfjsTrainer } from '../trainer.ts'

/** A trainer of equal choices on every backend, compiled where that is WebGPU. */
export async function openTrainer(
  task: CompleteTask,
  examples: Examples,
  backend: 'webgpu' | 'cpu',
): Promise<TfjsTrainer> {
  const trainer = await createTfjsTrainer({ task, examples, backend, seed: 3 })
  expect(trainer.note).toBeUndefined()
  return trainer
}

/** Initial weights, and noise on every bias and gain, so that all have something to say. */
export function perturbed(layout: Layout): Float32Array {
  const random = seededRandom(11)
  const start = initialParameters(layout, 5)
  let offset = 0
  for (const { shape } of layout.tensors) {
    const end = offset + elements(shape)
    if (shape.length === 1)
      for (let i = offset; i < end; i++) start[i] = (start[i] ?? 0) + 0.1 * normal(random)
    offset = end
  }
  return start
}

export interface StepChanges {
  /** Mean over the steps. */
  readonly loss: number
  /** Of the probe, before the steps and after them. */
  readonly probes: readonly [number, number]
  /** Tensor by tensor, in layout order. */
  readonly parts: readonly { readonly tensor: TensorLayout; readonly change: Float32Array }[]
}

/** What steps from `perturbed` weights do. Disposes the trainer. */
export async function stepChanges(trainer: TfjsTrainer, steps = 1): Promise<StepChanges> {
  const start = perturbed(trainer.layout)
  await trainer.write(start)
  const before = await trainer.probe(start)
  const { loss } = await trainer.train(steps)
  const end = await trainer.read()
  const after = await trainer.probe(end)
  let offset = 0
  const parts = trainer.layout.tensors.map((tensor) => {
    const from = offset
    offset += elements(tensor.shape)
    return { tensor, change: end.slice(from, offset).map((value, i) => value - (start[from + i] ?? 0)) }
  })
  trainer.dispose()
  return { loss, probes: [before, after], parts }
}

/** Runs with an adapter that is none of an emulation's, so that the kernels for real GPUs are chosen. */
export async function onRealGpu(run: () => Promise<void>): Promise<void> {
  const { prototype } = GPUAdapter
  const info = Object.getOwnPropertyDescriptor(prototype, 'info')
  const real = { vendor: 'a', architecture: 'real', description: 'GPU', isFallbackAdapter: false }
  Object.defineProperty(prototype, 'info', { get: () => real, configurable: true })
  try {
    await run()
  } finally {
    if (info !== undefined) Object.defineProperty(prototype, 'info', info)
  }
}
