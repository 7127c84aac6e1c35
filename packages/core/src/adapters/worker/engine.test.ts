import { expect, test } from 'vitest'
import type { Snapshot } from '../../node/snapshot.ts'
import type { Examples } from '../../ports.ts'
import { createPlainTrainer } from '../../sim/plain-trainer.ts'
import { mnist } from '../../task/presets.ts'
import { completeTask } from '../../task/schema.ts'
import { loneTransport } from '../browser/lone-transport.ts'
import type { ChosenTrainer } from '../tfjs/resilient-trainer.ts'
import { createEngine } from './engine.ts'

const task = completeTask({
  ...mnist,
  model: { kind: 'mlp', hidden: [] },
  training: { optimizer: { kind: 'sgd', learningRate: 0.6 }, batchSize: 8 },
})

const train: Examples = {
  inputs: Uint8Array.from({ length: 20 * 784 }, (_, i) => (i * 31) % 256),
  labels: Uint8Array.from({ length: 20 }, (_, i) => i % 10),
  shape: [28, 28, 1],
}

/** Trains well at rates below `most`; above, its loss is no number after the first slice. */
function touchyTrainer(most: number): ChosenTrainer {
  const trainer = createPlainTrainer({ task, examples: train, seed: 1 })
  let rate = task.training.optimizer.learningRate
  let slices = 0
  return {
    ...trainer,
    train: async (steps) => {
      const trained = await trainer.train(steps)
      return slices++ > 0 && rate >= most ? { ...trained, loss: Number.NaN } : trained
    },
    backend: () => ({ name: 'cpu', adapter: 'JavaScript', why: 'A test' }),
    onMoved: () => () => undefined,
    learningRate: () => rate,
    setLearningRate: async (slower) => {
      rate = slower
    },
  }
}

test('a loss that is no number stops training, says so with a lower rate, and training goes on at that', async () => {
  let seen: ((snapshot: Snapshot) => void) | undefined
  let current: Snapshot | undefined
  const until = (condition: (snapshot: Snapshot) => boolean): Promise<Snapshot> =>
    new Promise((resolve) => {
      seen = (snapshot) => {
        if (condition(snapshot)) resolve(snapshot)
      }
      if (current !== undefined) seen(current)
    })
  const engine = await createEngine(
    {
      task,
      train,
      test: undefined,
      backend: 'cpu',
      seed: 1,
      self: 'me',
      name: 'me',
      checkpoint: undefined,
      pastTrials: undefined,
      threads: undefined,
      wasmPaths: undefined,
    },
    loneTransport('me'),
    'off',
    (snapshot) => {
      current = snapshot
      seen?.(snapshot)
    },
    async () => touchyTrainer(0.3),
  )
  await engine.request({ type: 'command', id: 1, command: 'start' })
  const stopped = await until(({ status, problems }) => status === 'paused' && problems.length > 0)
  expect(stopped.problems).toEqual([
    {
      code: 'loss-not-finite',
      detail: 'The training loss ran away at a learning rate of 0.6.',
      learningRate: 0.2,
    },
  ])
  expect(stopped.log.some((entry) => entry.type === 'problem' && entry.code === 'loss-not-finite')).toBe(true)

  for (const rate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    await expect(engine.request({ type: 'learning-rate', id: 2, rate })).rejects.toThrow('above 0')
  await engine.request({ type: 'learning-rate', id: 3, rate: 0.2 })
  await engine.request({ type: 'command', id: 4, command: 'start' })
  const going = await until(({ status, steps }) => status === 'training' && steps > stopped.steps + 20)
  expect(going.problems).toEqual([])
  expect(Number.isFinite(going.own.loss)).toBe(true)
  await engine.request({ type: 'command', id: 5, command: 'leave' })
})
