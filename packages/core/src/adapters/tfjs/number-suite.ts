import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../lib/random.ts'
import type { Examples } from '../../ports.ts'
import { mnist } from '../../task/presets.ts'
import { completeTask } from '../../task/schema.ts'
import type { CompleteTask, OptimizerSpec } from '../../task/task.ts'
import type { BackendName } from '../browser/session.ts'
import { createTfjsTrainer, type TfjsTrainer } from './trainer.ts'

const columns = ['rooms', 'age', 'distance', 'floor', 'light']
const mean = 300_000
const deviation = 50_000

export const priceTask = (
  optimizer: OptimizerSpec = { kind: 'adam', learningRate: 0.01 },
  hidden: readonly number[] = [16],
): CompleteTask =>
  completeTask({
    ...mnist,
    name: 'homes',
    data: { kind: 'table', columns, target: { kind: 'number', name: 'price', mean, deviation } },
    model: { kind: 'mlp', hidden },
    training: { optimizer, batchSize: 16 },
  })

/** Homes whose price follows from their columns by a rule that is no straight line, and some noise. */
export function homes(count: number, seed: number): Examples {
  const random = seededRandom(seed)
  const inputs = Float32Array.from({ length: count * columns.length }, () => random.next())
  const labels = Float32Array.from({ length: count }, (_, home) => {
    const [rooms = 0, age = 0, distance = 0] = inputs.subarray(home * columns.length)
    return (
      mean + deviation * (3 * rooms - 2 * Math.abs(age - 0.5) - 2 * distance * rooms + 0.05 * normal(random))
    )
  })
  return { inputs, labels, shape: [columns.length] }
}

const sum = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((total, value) => total + value, 0)
const squaresOf = (values: Float32Array, from: (i: number) => number): number =>
  sum(values.map((value, i) => ((value - from(i)) / deviation) ** 2))

/** Learning a number of a table on one backend. */
export function numberSuite(backend: BackendName): void {
  const open = (examples: Examples, task = priceTask()): Promise<TfjsTrainer> =>
    createTfjsTrainer({ task, examples, backend, seed: 3 })

  describe(`${backend}: a number of a table`, () => {
    test('is learned, told in its own unit, and measured on other examples', async () => {
      const trainer = await open(homes(400, 1))
      expect(trainer.note).toBeUndefined()
      const first = await trainer.train(1)
      const last = await trainer.train(600)
      expect(last.loss).toBeLessThan(first.loss / 5)

      const test = homes(150, 2)
      const labels = Float32Array.from(test.labels)
      const average = sum(labels) / labels.length
      const numbers = await trainer.predict(test.inputs)
      const { loss, accuracy, perClass, confusion, count } = await trainer.evaluate(test)
      const error = squaresOf(numbers, (i) => labels[i] ?? 0)
      expect(loss).toBeCloseTo(error / 150, 4)
      expect(accuracy).toBeCloseTo(1 - error / squaresOf(labels, () => average), 4)
      expect(accuracy).toBeGreaterThan(0.9)
      expect([perClass, confusion, count]).toEqual([[], [], 150])
      trainer.dispose()
    })

    test('is probed, weighed and approached as classes are', async () => {
      const few = homes(20, 4)
      const trainer = await open(few, priceTask({ kind: 'sgd', learningRate: 0.05 }))
      const start = await trainer.read()
      // All of so few examples are probed.
      expect(await trainer.probe(start)).toBeCloseTo((await trainer.evaluate(few)).loss, 4)
      await trainer.train(200)
      const trained = await trainer.read()
      const difference = start.map((value, i) => value - (trained[i] ?? 0))
      const { before, after } = await trainer.weigh({ difference, share: 1 })
      expect(before).toBeCloseTo(await trainer.probe(trained), 4)
      expect(after).toBeCloseTo(await trainer.probe(start), 4)
      expect(before).toBeLessThan(after)
      trainer.dispose()
    })

    test('that is the same everywhere has no variance to explain', async () => {
      const same = { ...homes(3, 5), labels: new Float32Array(3).fill(mean) }
      const trainer = await open(same)
      await trainer.train(20)
      const { loss, accuracy } = await trainer.evaluate(same)
      expect(Number.isFinite(loss)).toBe(true)
      expect(accuracy).toBeNaN()
      trainer.dispose()
    })

    test('of bytes is learned, too', async () => {
      const floats = homes(300, 6)
      const bytes = { ...floats, inputs: Uint8Array.from(floats.inputs, (value) => Math.round(255 * value)) }
      const trainer = await open(bytes)
      await trainer.train(600)
      expect((await trainer.evaluate(bytes)).accuracy).toBeGreaterThan(0.9)
      trainer.dispose()
    })
  })
}
