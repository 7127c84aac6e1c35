import { describe, expect, test } from 'vitest'
import type { Examples } from '../../ports.ts'
import { mnist } from '../../task/presets.ts'
import { completeTask } from '../../task/schema.ts'
import type { CompleteTask, ModelSpec, Task } from '../../task/task.ts'
import type { BackendName } from '../browser/session.ts'
import { type ChosenTrainer, chooseTrainer } from './select-backend.ts'

const side = 6
const classes = 4

const taskOf = (training: Partial<Task['training']>, model: ModelSpec): CompleteTask =>
  completeTask({
    ...mnist,
    data: { kind: 'image', shape: [side, side, 1], classes: ['a', 'b', 'c', 'd'] },
    model,
    training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 8, ...training },
  })

/** One bright row for each label, as bright as `scale`. */
const bars = (labels: readonly number[], scale = 1): Examples => ({
  inputs: Float32Array.from(
    labels.flatMap((label) =>
      Array.from({ length: side * side }, (_, i) => (Math.floor(i / side) === label ? scale : 0)),
    ),
  ),
  labels: Uint8Array.from(labels),
  shape: [side, side, 1],
})

const mixed = Array.from({ length: 20 }, (_, i) => i % classes)

const mlp: ModelSpec = { kind: 'mlp', hidden: [8] }
const cnn: ModelSpec = { kind: 'cnn', filters: [4], hidden: [] }

/** What becomes of settings and data that people get wrong, on one backend. */
export function badInputSuite(backend: BackendName): void {
  const open = (task: CompleteTask, examples: Examples): Promise<ChosenTrainer> =>
    chooseTrainer({ task, examples, seed: 1, wanted: backend })

  describe(`${backend}: training that runs away`, () => {
    test('goes back to the last good parameters, and trains on at a lower rate', async () => {
      // So bright that one step is enough, and nothing clipped. (ReLUs would die before.)
      const flat: ModelSpec = { kind: 'mlp', hidden: [] }
      const task = taskOf({ optimizer: { kind: 'sgd', learningRate: 10 }, clipNorm: 0 }, flat)
      const trainer = await open(task, bars(mixed, 1e20))
      const start = await trainer.read()
      expect((await trainer.train(5)).loss).toBeNaN()

      const after = await trainer.read()
      expect(after.every(Number.isFinite)).toBe(true)
      expect(after).toEqual(start)
      expect(trainer.backend().name).toBe(backend)

      expect(trainer.learningRate()).toBe(10)
      await trainer.setLearningRate(1e-20)
      expect(trainer.learningRate()).toBe(1e-20)
      expect(await trainer.read()).toEqual(after)
      const first = await trainer.train(10)
      await trainer.train(100)
      const last = await trainer.train(10)
      expect(last.loss).toBeLessThan(first.loss)
      trainer.dispose()
    })

    test('takes what the optimizer remembers along to nowhere', async () => {
      const task = taskOf({ optimizer: { kind: 'adam', learningRate: 0.01 } }, mlp)
      const trainer = await open(task, bars(mixed))
      await trainer.train(3)
      const good = await trainer.read()
      await trainer.write(good)
      await trainer.write(good.map(() => Number.NaN))
      expect((await trainer.train(2)).loss).toBeNaN()
      expect(await trainer.read()).toEqual(good)
      const { loss } = await trainer.train(5)
      expect(loss).toBeGreaterThan(0)
      expect(loss).toBeLessThan(3)
      trainer.dispose()
    })

    test('says so when the loss stays hopeless, and keeps weights from before that', async () => {
      const trainer = await open(taskOf({}, mlp), bars(mixed))
      await trainer.train(5)
      const trained = await trainer.read()
      await trainer.write(trained)
      await trainer.train(1)
      // Finite still, but far from good, and clipped gradients do not lead back.
      await trainer.add(trained.map((value) => -1e6 * value))
      expect((await trainer.train(1)).loss).toBeGreaterThan(100)
      let steps = 1
      while (Number.isFinite((await trainer.train(20)).loss)) steps += 20
      expect(steps).toBeGreaterThan(250)
      expect(steps).toBeLessThan(2_000)
      expect(await trainer.read()).toEqual(trained)
      trainer.dispose()
    })
  })

  describe.each([
    { name: 'an mlp', model: mlp },
    { name: 'a cnn', model: cnn },
  ])(`${backend}: $name`, ({ model }) => {
    test.each([
      { name: 'a batch larger than the data', labels: [0, 1, 2], batchSize: 64 },
      { name: 'one example', labels: [2], batchSize: 8 },
      { name: 'one class', labels: [1, 1, 1, 1, 1, 1], batchSize: 4 },
    ])('trains on $name', async ({ labels, batchSize }) => {
      const examples = bars(labels)
      const trainer = await open(taskOf({ batchSize }, model), examples)
      const first = await trainer.train(5)
      expect(first.samples).toBe(5 * batchSize)
      await trainer.train(100)
      const last = await trainer.train(5)
      expect(last.loss).toBeLessThanOrEqual(first.loss)
      const { accuracy, count } = await trainer.evaluate(examples)
      expect([accuracy, count]).toEqual([1, labels.length])
      const own = await trainer.read()
      expect(own.every(Number.isFinite)).toBe(true)
      const { before, after } = (await trainer.weigh?.({ difference: own.map(() => 0.01), share: 1 })) ?? {}
      expect(before).toBeGreaterThanOrEqual(0)
      expect(after).toBeGreaterThanOrEqual(0)
      trainer.dispose()
    })

    test('says that there are no examples, or none that fit', async () => {
      const task = taskOf({}, model)
      await expect(open(task, bars([]))).rejects.toThrow(/holds no examples/)
      await expect(open(task, bars([9]))).rejects.toThrow(/labels\[0\] is 9/)
      await expect(open(task, bars([1], Number.NaN))).rejects.toThrow(/every input must be a finite number/)
    })
  })
}
