import { expect, test } from 'vitest'
import { completeTask } from '../../task/schema.ts'
import { createTfjsTrainer } from './trainer.ts'

const task = completeTask({
  version: 1,
  name: 'points',
  seed: 1,
  data: { kind: 'image', shape: [1, 2, 1], classes: ['left', 'right'] },
  model: { kind: 'mlp', hidden: [] },
  training: { optimizer: { kind: 'sgd', learningRate: 0.5 }, batchSize: 8 },
})
const labels = Uint8Array.from({ length: 32 }, (_, i) => i % 2)
const examples = {
  inputs: Float32Array.from({ length: 64 }, (_, i) => (i % 2 === (labels[i >> 1] ?? 0) ? 1 : 0)),
  labels,
  shape: [1, 2, 1],
} as const

/** In a file of its own: no backend has started on this thread yet. */
test('trainers that start at the same time, on one backend or several, all train', async () => {
  const backends = ['wasm', 'cpu', 'wasm'] as const
  const trainers = await Promise.all(
    backends.map((backend, seed) => createTfjsTrainer({ task, examples, backend, seed })),
  )
  const before = await Promise.all(trainers.map((trainer) => trainer.evaluate(examples)))
  await Promise.all(trainers.map((trainer) => trainer.train(50)))
  const after = await Promise.all(trainers.map((trainer) => trainer.evaluate(examples)))
  for (const [i, { loss, accuracy }] of after.entries()) {
    expect(accuracy).toBe(1)
    expect(loss).toBeLessThan((before[i]?.loss ?? 0) / 2)
  }
  for (const trainer of trainers) trainer.dispose()
})
