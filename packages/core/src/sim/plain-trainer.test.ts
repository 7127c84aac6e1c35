import { describe, expect, test } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import { vectorHash } from '../params/vector.ts'
import type { Examples, Trainer } from '../ports.ts'
import { initialParameters } from '../task/models.ts'
import { completeTask } from '../task/schema.ts'
import type { CompleteTask, Task } from '../task/task.ts'
import { optimizerSuite } from '../testing/optimizer-suite.ts'
import { trainerSuite } from '../testing/trainer-suite.ts'
import { createPlainTrainer } from './plain-trainer.ts'
import { sparseDataset } from './sparse.ts'

const taskOf = (
  hidden: readonly number[],
  training: Partial<Task['training']> = {},
  classes = 3,
): CompleteTask =>
  completeTask({
    version: 1,
    name: 'points',
    data: { kind: 'image', shape: [3, 4, 1], classes: Array.from({ length: classes }, (_, i) => `${i}`) },
    model: { kind: 'mlp', hidden },
    training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 16, ...training },
    seed: 5,
  })

/** Points around one center for each class, half of their coordinates zero. */
function points(count: number, classes = 3, seed = 1): Examples {
  const random = seededRandom(seed)
  const labels = Uint8Array.from({ length: count }, () => Math.floor(random.next() * classes))
  const inputs = Float32Array.from({ length: count * 12 }, (_, i) => {
    const center = Math.sin(7 * (labels[Math.floor(i / 12)] ?? 0) + 3 * (i % 12))
    return random.next() < 0.5 ? 0 : center + 0.3 * (random.next() - 0.5)
  })
  return { inputs, labels, shape: [3, 4, 1] }
}

/** Every answer of the plain trainer is there at once. */
function now<T>(answer: PromiseLike<T>): T {
  const values: T[] = []
  answer.then((value) => values.push(value))
  const [value] = values
  return value === undefined ? expect.fail('not at once') : value
}

const replica = (trainer: Trainer) => now(trainer.read())

trainerSuite('plain', (task, examples, seed) => createPlainTrainer({ task, examples, seed }))
optimizerSuite('plain', (task, examples, seed) => createPlainTrainer({ task, examples, seed }))

describe.each([{ hidden: [] }, { hidden: [8] }, { hidden: [50] }])('hidden layers $hidden', ({ hidden }) => {
  const train = points(400)
  const test400 = points(400, 3, 2)

  test('it starts from the task’s parameters and learns', () => {
    const task = taskOf(hidden)
    const trainer = createPlainTrainer({ task, examples: train, seed: 1 })
    expect(replica(trainer)).toEqual(initialParameters(trainer.layout, task.seed))
    const before = now(trainer.evaluate(test400))
    const first = now(trainer.train(50))
    const later = now(trainer.train(200))
    expect(first).toMatchObject({ steps: 50, samples: 800 })
    expect(later.loss).toBeLessThan(first.loss)
    const after = now(trainer.evaluate(test400))
    expect(after.loss).toBeLessThan(before.loss)
    expect(after.accuracy).toBeGreaterThan(0.9)
  })

  test('one seed gives one run, bit for bit, in slices of any length; another seed another', () => {
    const run = (seed: number, ...slices: number[]) => {
      const trainer = createPlainTrainer({ task: taskOf(hidden), examples: train, seed })
      for (const steps of slices) trainer.train(steps)
      return vectorHash(replica(trainer))
    }
    expect(run(1, 60)).toBe(run(1, 10, 1, 49))
    expect(run(1, 60)).not.toBe(run(2, 60))
  })

  test('the confusion adds up, and probabilities agree with it', () => {
    const trainer = createPlainTrainer({ task: taskOf(hidden), examples: train, seed: 1 })
    trainer.train(20)
    const { confusion, accuracy, perClass, count, loss } = now(trainer.evaluate(test400))
    expect(count).toBe(400)
    expect(confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(400)
    expect(confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0) / 400).toBe(accuracy)
    const shares = now(trainer.predict(test400.inputs))
    const chosen = Array.from({ length: 400 }, (_, i) => [...shares.subarray(3 * i, 3 * i + 3)])
    const labels = [...test400.labels]
    for (const row of chosen) expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5)
    const hits = chosen.filter((row, i) => row.indexOf(Math.max(...row)) === labels[i])
    expect(hits.length / 400).toBe(accuracy)
    const losses = chosen.map((row, i) => -Math.log(row[labels[i] ?? 0] ?? 0))
    expect(losses.reduce((sum, x) => sum + x, 0) / 400).toBeCloseTo(loss, 4)
    for (const [label, share] of perClass.entries())
      expect(share).toBe((confusion[label]?.[label] ?? 0) / labels.filter((other) => other === label).length)
  })

  test('given parameters are used and the replica stays', () => {
    const trainer = createPlainTrainer({ task: taskOf(hidden), examples: train, seed: 1 })
    const initial = replica(trainer)
    trainer.train(100)
    const trained = replica(trainer)
    const bad = now(trainer.probe(initial))
    const good = now(trainer.probe(trained))
    expect(good).toBeLessThan(bad)
    expect(now(trainer.evaluate(train, initial)).loss).not.toBe(now(trainer.evaluate(train)).loss)
    expect(now(trainer.evaluate(train, trained))).toEqual(now(trainer.evaluate(train)))
    expect(now(trainer.predict(train.inputs, trained))).toEqual(now(trainer.predict(train.inputs)))
    expect(replica(trainer)).toEqual(trained)
  })

  test('parameters and inputs of another size are refused', () => {
    const trainer = createPlainTrainer({ task: taskOf(hidden), examples: train, seed: 1 })
    const short = new Float32Array(trainer.layout.size - 1)
    expect(() => trainer.write(short)).toThrow(RangeError)
    expect(() => trainer.add(short)).toThrow(RangeError)
    expect(() => trainer.probe(short)).toThrow(RangeError)
    expect(() => trainer.predict(new Float32Array(11))).toThrow(RangeError)
    expect(() => trainer.evaluate({ ...train, labels: new Uint8Array(1) })).toThrow(RangeError)
  })

  test('one NaN among the parameters shows in the loss', () => {
    const trainer = createPlainTrainer({ task: taskOf(hidden), examples: train, seed: 1 })
    const params = replica(trainer)
    params[0] = Number.NaN
    expect(now(trainer.probe(params))).toBeNaN()
  })

  test.each(['sgd', 'adam'] as const)('%s: trainers of one dataset do not disturb one another', (kind) => {
    const task = taskOf(hidden, { optimizer: { kind, learningRate: 0.01 } })
    const dataset = sparseDataset(train)
    const indices = Int32Array.from({ length: 100 }, (_, i) => 4 * i)
    const alone = createPlainTrainer({ task, dataset: sparseDataset(train), indices, seed: 1 })
    for (let i = 0; i < 6; i++) alone.train(5)
    const others = Array.from({ length: 40 }, (_, seed) =>
      createPlainTrainer({ task, dataset, seed: 2 + seed }),
    )
    const shared = createPlainTrainer({ task, dataset, indices, seed: 1 })
    expect(shared.samples).toBe(100)
    for (let i = 0; i < 6; i++) {
      others[i]?.train(7)
      others[i + 1]?.evaluate(points(10), replica(shared))
      others[i + 2]?.dispose()
      others.push(createPlainTrainer({ task, dataset, seed: 50 + i }))
      shared.train(5)
    }
    expect(replica(shared)).toEqual(replica(alone))
  })
})

test('an epoch shows every example once', () => {
  const examples = points(10)
  const task = taskOf([], {
    batchSize: 10,
    logitAdjustment: false,
    optimizer: { kind: 'sgd', learningRate: 1e-30 },
  })
  const trainer = createPlainTrainer({ task, examples, seed: 3 })
  const { loss } = now(trainer.evaluate(examples))
  for (let epoch = 0; epoch < 3; epoch++) expect(now(trainer.train(1)).loss).toBeCloseTo(loss, 10)
  const uneven = createPlainTrainer({
    task: { ...task, training: { ...task.training, batchSize: 4 } },
    examples,
    seed: 3,
  })
  expect(now(uneven.train(5)).loss).toBeCloseTo(loss, 10)
})

test('without own examples nothing moves', () => {
  const dataset = sparseDataset(points(10))
  const trainer = createPlainTrainer({ task: taskOf([8]), dataset, indices: new Int32Array(0), seed: 1 })
  const before = replica(trainer)
  expect(now(trainer.train(3))).toEqual({ steps: 3, samples: 0, loss: 0 })
  expect(now(trainer.probe(before))).toBe(0)
  expect(replica(trainer)).toEqual(before)
})

test('what cannot be trained is named', () => {
  const examples = points(10)
  const cnn = completeTask({ ...taskOf([]), model: { kind: 'cnn', filters: [2], hidden: [] } })
  expect(() => createPlainTrainer({ task: cnn, examples, seed: 1 })).toThrow(/task\.model\.kind/)
  expect(() => createPlainTrainer({ task: taskOf([4, 4]), examples, seed: 1 })).toThrow(/task\.model\.hidden/)
  const narrow = { ...examples, inputs: examples.inputs.subarray(1) }
  expect(() => createPlainTrainer({ task: taskOf([]), examples: narrow, seed: 1 })).toThrow(RangeError)
  const strange = { ...examples, labels: new Uint8Array(10).fill(3) }
  expect(() => createPlainTrainer({ task: taskOf([]), examples: strange, seed: 1 })).toThrow(/label 3/)
})
