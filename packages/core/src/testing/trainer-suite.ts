import { describe, expect, test } from 'vitest'
import { codecs } from '../codec/codecs.ts'
import { normal, seededRandom } from '../lib/random.ts'
import type { Examples, Trainer } from '../ports.ts'
import { labelCounts, logitAdjustment } from '../task/logit-adjustment.ts'
import { initialParameters, modelLayout } from '../task/models.ts'
import { completeTask } from '../task/schema.ts'
import type { CompleteTask, Task } from '../task/task.ts'
import {
  type ReferenceModel,
  referenceLoss,
  referenceProbabilities,
  referenceStep,
} from './trainer-suite-reference.ts'

/** Gives a new trainer; the suite disposes it. */
export type TrainerFactory = (
  task: CompleteTask,
  examples: Examples,
  seed: number,
) => Trainer | Promise<Trainer>

const shape = [4, 5, 1] as const
const width = 20
const classes = 3

/** A model as it came, and what it stands for. */
function arrived(codec: 'float16' | 'int8', size: number) {
  const bytes = codecs[codec].encode(noise(size, 6))
  const decoded = codecs[codec].decode(bytes, size)
  if (!decoded.ok) throw new Error(decoded.reason)
  return { bytes, theirs: decoded.values }
}

/** What every trainer promises, for softmax regression and for a network with one hidden layer. */
export function trainerSuite(name: string, create: TrainerFactory): void {
  describe.each([{ hidden: [] }, { hidden: [12] }])(`trainer: ${name}, hidden $hidden`, ({ hidden }) => {
    const model: ReferenceModel = { inputs: width, hidden: hidden[0] ?? 0, classes }
    const start = async (
      examples: Examples,
      training: Partial<Task['training']> = {},
      seed = 1,
    ): Promise<Trainer> => create(taskOf(hidden, training), examples, seed)

    test('starts from the parameters of the task, in the layout of the task', async () => {
      const trainer = await start(points(40))
      const task = taskOf(hidden)
      const layout = modelLayout(task)
      expect(trainer.layout).toEqual(layout)
      expect(trainer.samples).toBe(40)
      expect(await trainer.read()).toEqual(initialParameters(layout, task.seed))
      trainer.dispose()
    })

    test('what was written is read back exactly, and additions are exact to the float', async () => {
      const trainer = await start(points(40))
      const values = noise(trainer.layout.size, 1)
      const delta = noise(trainer.layout.size, 2)
      await trainer.write(values)
      expect(await trainer.read()).toEqual(values)
      await trainer.add(delta)
      expect(await trainer.read()).toEqual(values.map((value, i) => value + (delta[i] ?? 0)))
      trainer.dispose()
    })

    test('reads the same into memory of the caller, or leaves that alone', async () => {
      const trainer = await start(points(40))
      const into = new Float32Array(trainer.layout.size).fill(7)
      const read = await trainer.read(into)
      expect(read).toEqual(initialParameters(trainer.layout, taskOf(hidden).seed))
      if (read !== into) expect(into.every((value) => value === 7)).toBe(true)
      await trainer.train(1)
      expect(read).toEqual(initialParameters(trainer.layout, taskOf(hidden).seed))
      trainer.dispose()
    })

    test('owns what it holds: neither what it gave nor what it took reaches inside', async () => {
      const trainer = await start(points(40))
      const values = noise(trainer.layout.size, 1)
      const kept = values.slice()
      const delta = new Float32Array(values.length)
      await trainer.write(values)
      values.fill(7)
      await trainer.add(delta)
      delta.fill(7)
      const mine = await trainer.read()
      expect(mine).toEqual(kept)
      mine.fill(7)
      expect(await trainer.read()).toEqual(kept)
      expect(values.every((value) => value === 7)).toBe(true)
      trainer.dispose()
    })

    test('learns what can be told apart, and counts what it did', async () => {
      const trainer = await start(points(300))
      const before = await trainer.evaluate(points(200, 9))
      const first = await trainer.train(5)
      expect(first).toMatchObject({ steps: 5, samples: 5 * 16 })
      const later = await trainer.train(120)
      expect(later).toMatchObject({ steps: 120, samples: 120 * 16 })
      const last = await trainer.train(20)
      const after = await trainer.evaluate(points(200, 9))
      expect(last.loss).toBeLessThan(first.loss)
      expect(after.loss).toBeLessThan(before.loss)
      expect(after.accuracy).toBeGreaterThan(0.95)
      trainer.dispose()
    })

    test('trains with Adam', async () => {
      const trainer = await start(points(300), { optimizer: { kind: 'adam', learningRate: 0.02 } })
      await trainer.train(120)
      expect((await trainer.evaluate(points(200, 9))).accuracy).toBeGreaterThan(0.9)
      trainer.dispose()
    })

    test('one seed gives one run however it is sliced, another seed another', async () => {
      const run = async (seed: number, slices: readonly number[]): Promise<Float32Array> => {
        const trainer = await start(points(50), {}, seed)
        for (const steps of slices) await trainer.train(steps)
        const params = await trainer.read()
        trainer.dispose()
        return params
      }
      const once = await run(1, [12])
      expect(await run(1, [5, 1, 6])).toEqual(once)
      expect(await run(2, [12])).not.toEqual(once)
    })

    test('fewer examples than a batch holds are taken several times', async () => {
      const trainer = await start(points(5))
      const { samples, loss } = await trainer.train(3)
      expect(samples).toBe(48)
      expect(loss).toBeGreaterThan(0)
      trainer.dispose()
    })

    test.each([
      { clipNorm: 0, logitAdjustment: false },
      { clipNorm: 1e6, logitAdjustment: true },
      { clipNorm: 0.01, logitAdjustment: false },
      { clipNorm: 0.05, logitAdjustment: true },
    ])('one step of SGD is the true gradient’s: $clipNorm, adjusted $logitAdjustment', async (training) => {
      // As many examples as a batch holds: the first batch is all of them, in whatever order.
      const examples = points(16, 3, [9, 6, 1])
      const trainer = await start(examples, training)
      const params = noise(trainer.layout.size, 4)
      await trainer.write(params)
      const { loss } = await trainer.train(1)
      const adjustment = training.logitAdjustment
        ? logitAdjustment(labelCounts(examples.labels, classes))
        : undefined
      const expected = referenceStep(model, params, examples, 0.3, training.clipNorm, adjustment)
      const moved = distance(expected, params)
      expect(moved).toBeGreaterThan(0.001)
      expect(distance(await trainer.read(), expected) / moved).toBeLessThan(1e-4)
      expect(loss).toBeCloseTo(referenceLoss(model, params, examples, adjustment), 4)
      trainer.dispose()
    })

    test('a probe is the training loss over all own examples while they are few', async () => {
      const balanced = points(30)
      const examples = { ...balanced, labels: balanced.labels.map((label) => Math.min(label, 1)) }
      const trainer = await start(examples)
      const params = noise(trainer.layout.size, 5)
      const before = await trainer.read()
      const priors = logitAdjustment(labelCounts(examples.labels, model.classes))
      expect(await trainer.probe(params)).toBeCloseTo(referenceLoss(model, params, examples, priors), 4)
      expect(await trainer.read()).toEqual(before)
      trainer.dispose()
    })

    test('weighs a move as two probes would, and stays where it is', async () => {
      // No whole number of batches.
      const trainer = await start(points(23))
      const values = noise(trainer.layout.size, 5)
      const difference = noise(trainer.layout.size, 6)
      await trainer.write(values)
      const weighed = await trainer.weigh?.({ difference, share: 0.3 })
      if (weighed !== undefined) {
        const moved = values.map((value, i) => value + 0.3 * (difference[i] ?? 0))
        expect(weighed.before).toBeCloseTo(await trainer.probe(values), 4)
        expect(weighed.after).toBeCloseTo(await trainer.probe(moved), 4)
        expect(Math.abs(weighed.after - weighed.before)).toBeGreaterThan(0.01)
      }
      expect(await trainer.read()).toEqual(values)
      trainer.dispose()
    })

    test.each(['float16', 'int8'] as const)('weighs and makes a move that came as %s', async (codec) => {
      const trainer = await start(points(40))
      const { size } = trainer.layout
      const values = noise(size, 5)
      const { bytes, theirs } = arrived(codec, size)
      const difference = theirs.map((value, i) => value - (values[i] ?? 0))
      await trainer.write(values)
      const weighed = await trainer.weigh?.({ difference, share: 0.5, encoded: { codec, bytes } })
      const middle = values.map((value, i) => value + 0.5 * (difference[i] ?? 0))
      if (weighed !== undefined) expect(weighed.after).toBeCloseTo(await trainer.probe(middle), 4)
      await trainer.add(
        difference.map((value) => 0.5 * value),
        0.5,
      )
      expect(distance(await trainer.read(), middle)).toBeLessThan(1e-6)
      // What was added is not there any more.
      await trainer.add(new Float32Array(size).fill(0.25))
      const shifted = middle.map((value) => value + 0.25)
      expect(distance(await trainer.read(), shifted)).toBeLessThan(1e-5)
      trainer.dispose()
    })

    test.each(['float16', 'int8'] as const)('approaches a model that came as %s', async (codec) => {
      const trainer = await start(points(40))
      const { size } = trainer.layout
      const values = noise(size, 5)
      const { bytes, theirs } = arrived(codec, size)
      await trainer.write(values)
      await trainer.approach?.({ codec, bytes }, 0.3)
      if (trainer.approach !== undefined) {
        const expected = values.map((value, i) => value + 0.3 * ((theirs[i] ?? 0) - value))
        expect(distance(await trainer.read(), expected)).toBeLessThan(1e-6)
        await expect(trainer.approach({ codec, bytes: bytes.subarray(1) }, 0.3)).rejects.toThrow(RangeError)
        // The parameters are whole: training goes on from them.
        expect((await trainer.train(2)).loss).toBeGreaterThan(0)
        await trainer.approach({ codec, bytes }, 1)
        expect(distance(await trainer.read(), theirs)).toBeLessThan(1e-6)
      }
      trainer.dispose()
    })

    test('a probe is over the same few examples every time when they are many', async () => {
      const trainer = await start(points(500))
      const params = noise(trainer.layout.size, 5)
      const first = await trainer.probe(params)
      await trainer.train(3)
      expect(await trainer.probe(params)).toBe(first)
      trainer.dispose()
    })

    test('evaluates given parameters or its own as the formula says, and changes nothing', async () => {
      const trainer = await start(points(40))
      // More than one chunk, and no whole number of chunks.
      const examples = bytes(points(613, 6, [400, 213, 0]))
      const params = noise(trainer.layout.size, 7)
      const before = await trainer.read()
      const evaluation = await trainer.evaluate(examples, params)
      expect(await trainer.read()).toEqual(before)
      await trainer.write(params)
      expect(await trainer.evaluate(examples)).toEqual(evaluation)

      expect(evaluation.count).toBe(613)
      expect(evaluation.loss).toBeCloseTo(referenceLoss(model, params, examples), 4)
      const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
      for (let row = 0; row < 613; row++) {
        const shares = referenceProbabilities(model, params, examples, row)
        const counts = confusion[examples.labels[row] ?? 0] ?? []
        const predicted = shares.indexOf(Math.max(...shares))
        counts[predicted] = (counts[predicted] ?? 0) + 1
      }
      expect(evaluation.confusion).toEqual(confusion)
      const hits = confusion.map((row, label) => row[label] ?? 0)
      expect(evaluation.accuracy).toBeCloseTo(hits.reduce((sum, n) => sum + n, 0) / 613, 10)
      expect(evaluation.perClass[0]).toBeCloseTo((hits[0] ?? 0) / 400, 10)
      expect(evaluation.perClass[1]).toBeCloseTo((hits[1] ?? 0) / 213, 10)
      expect(evaluation.perClass[2]).toBeNaN()
      trainer.dispose()
    })

    test('predicts probabilities', async () => {
      const trainer = await start(points(40))
      const examples = points(7, 8)
      const params = noise(trainer.layout.size, 9)
      const shares = await trainer.predict(examples.inputs, params)
      const expected = Array.from({ length: 7 }, (_, row) =>
        referenceProbabilities(model, params, examples, row),
      ).flat()
      expect(shares.length).toBe(7 * classes)
      for (const [i, share] of shares.entries()) expect(share).toBeCloseTo(expected[i] ?? 0, 5)
      trainer.dispose()
    })

    test('bytes are the same as floats between 0 and 1', async () => {
      const whole = bytes(points(30))
      const floats = { ...whole, inputs: Float32Array.from(whole.inputs, (value) => value / 255) }
      const run = async (examples: Examples): Promise<Float32Array> => {
        const trainer = await start(examples)
        await trainer.train(4)
        const params = await trainer.read()
        trainer.dispose()
        return params
      }
      expect(distance(await run(whole), await run(floats))).toBeLessThan(1e-5)
    })

    test('a loss that is no number is told, not thrown', async () => {
      const trainer = await start(points(40))
      await trainer.write(new Float32Array(trainer.layout.size).fill(Number.NaN))
      expect((await trainer.train(2)).loss).toBeNaN()
      const params = noise(trainer.layout.size, 1)
      await trainer.write(params)
      expect(await trainer.read()).toEqual(params)
      trainer.dispose()
    })
  })
}

const taskOf = (hidden: readonly number[], training: Partial<Task['training']> = {}): CompleteTask =>
  completeTask({
    version: 1,
    name: 'points',
    data: { kind: 'image', shape, classes: ['a', 'b', 'c'] },
    model: { kind: 'mlp', hidden },
    training: { optimizer: { kind: 'sgd', learningRate: 0.3 }, batchSize: 16, ...training },
    seed: 5,
  })

/** Points in [0, 1] around one center for each class; `counts` says how many of each, or else they take turns. */
function points(count: number, seed = 1, counts?: readonly number[]): Examples {
  const random = seededRandom(seed)
  const labels =
    counts === undefined
      ? Uint8Array.from({ length: count }, (_, i) => i % classes)
      : Uint8Array.from(counts.flatMap((many, label) => new Array<number>(many).fill(label)))
  const inputs = Float32Array.from({ length: count * width }, (_, i) => {
    const column = i % width
    const center = column % classes === labels[Math.floor(i / width)] ? 0.7 : 0.3
    return center + 0.3 * (2 * random.next() - 1)
  })
  return { inputs, labels, shape }
}

const bytes = (examples: Examples): Examples => ({
  ...examples,
  inputs: Uint8Array.from(examples.inputs, (value) => Math.round(255 * value)),
})

function noise(size: number, seed: number): Float32Array {
  const random = seededRandom(seed)
  return Float32Array.from({ length: size }, () => 0.4 * normal(random))
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.sqrt(Array.from(a, (value, i) => (value - (b[i] ?? 0)) ** 2).reduce((sum, square) => sum + square, 0))
