import { expect, test } from 'vitest'
import { examplesProblem, scaleProblem } from './check-examples.ts'
import { classCount, exampleShape, outputCount, targetsOf } from './data.ts'
import { adjustmentFor } from './logit-adjustment.ts'
import { layersOf, modelLayout } from './models.ts'
import { mnist } from './presets.ts'
import { completeTask, parseTask } from './schema.ts'
import type { ClassTarget, NumberTarget, Task } from './task.ts'

const price: NumberTarget = { kind: 'number', name: 'price', mean: 300, deviation: 40 }
const columns = ['rooms', 'age', 'distance']
const tableOf = (target: ClassTarget | NumberTarget, change: Partial<Task> = {}): Task => ({
  ...mnist,
  name: 'homes',
  data: { kind: 'table', columns, target },
  model: { kind: 'mlp', hidden: [4] },
  ...change,
})

test('a row of a table goes into dense layers, and one number comes out', () => {
  const task = completeTask(tableOf(price))
  expect(exampleShape(task.data)).toEqual([3])
  expect([classCount(task.data), outputCount(task.data)]).toEqual([0, 1])
  expect(layersOf(task)).toEqual([
    { type: 'dense', inputs: 3, units: 4, activation: 'relu' },
    { type: 'dense', inputs: 4, units: 1, activation: 'linear' },
  ])
  expect(modelLayout(task).tensors.map(({ shape }) => shape)).toEqual([[3, 4], [4], [4, 1], [1]])
})

test('a table may have classes as a target', () => {
  const task = completeTask(tableOf({ kind: 'class', classes: ['cheap', 'dear'] }))
  expect([classCount(task.data), outputCount(task.data)]).toEqual([2, 2])
  expect(task.training.logitAdjustment).toBe(true)
})

test('numbers have no priors, whatever a task says', () => {
  const training = { ...mnist.training, logitAdjustment: true }
  const task = completeTask(tableOf(price, { training }))
  expect(task.training.logitAdjustment).toBe(false)
  expect(adjustmentFor(task, Float32Array.of(250, 310))).toEqual(Float32Array.of(0))
})

test('a number may be learned of images', () => {
  const task = completeTask({ ...mnist, data: { kind: 'image', shape: [28, 28, 1], target: price } })
  expect([classCount(task.data), outputCount(task.data)]).toEqual([0, 1])
  expect(layersOf(task).at(-1)).toMatchObject({ type: 'dense', units: 1 })
})

test('targets are numbers in deviations from their mean', () => {
  const examples = { inputs: new Float32Array(9), labels: Int32Array.of(300, 340, 280), shape: [3] }
  const { data } = tableOf(price)
  expect(targetsOf(data, examples)).toEqual(Float32Array.of(0, 1, -0.5))
})

test.each<[string, Task, RegExp]>([
  [
    'no columns',
    { ...tableOf(price), data: { kind: 'table', columns: [], target: price } },
    /^data\.columns/,
  ],
  [
    'two columns of one name',
    { ...tableOf(price), data: { kind: 'table', columns: ['a', 'a'], target: price } },
    /^data\.columns: give every column a name of its own/,
  ],
  ['a deviation of nothing', tableOf({ ...price, deviation: 0 }), /^data\.target\.deviation/],
  ['a mean that is no number', tableOf({ ...price, mean: Number.NaN }), /^data\.target\.mean/],
  ['one class', tableOf({ kind: 'class', classes: ['a'] }), /^data\.target\.classes/],
  [
    'convolutions',
    tableOf(price, { model: { kind: 'cnn', filters: [4], hidden: [] } }),
    /^model: data of kind 'table' takes a model of kind 'mlp' or 'layers', not 'cnn'/,
  ],
  [
    'a transformer',
    tableOf(price, { model: { kind: 'transformer', width: 8, heads: 1, blocks: 1 } }),
    /^model: a model of kind 'transformer' takes data of kind 'text', not 'table'/,
  ],
  [
    'images without classes',
    { ...mnist, data: { kind: 'image', shape: [28, 28, 1] } },
    /^data: images have either classes or a target/,
  ],
])('%s: refused, naming the field', (_, task, reason) => {
  expect(parseTask(task)).toEqual({ ok: false, reason: expect.stringMatching(reason) })
})

test('a layer that takes images says that a row is none', () => {
  const task = tableOf(price, {
    model: { kind: 'layers', layers: [{ type: 'conv2d', filters: 2, kernel: 3 }] },
  })
  expect(() => layersOf(completeTask(task))).toThrow(
    'model.layers[0].type: conv2d takes images, but what comes in is flat (3 values)',
  )
})

test('labels of numbers may be anything finite, those of classes may not', () => {
  const { data } = tableOf(price)
  const examples = { inputs: new Float32Array(6), labels: Float32Array.of(-2.5, 1e6), shape: [3] }
  expect(examplesProblem(examples, data, 'data.train')).toBeUndefined()
  expect(examplesProblem({ ...examples, labels: Float32Array.of(1, Number.NaN) }, data, 'data.train')).toBe(
    'data.train.labels[1] is NaN: every price must be a finite number.',
  )
  const choosing = tableOf({ kind: 'class', classes: ['a', 'b'] }).data
  expect(examplesProblem(examples, choosing, 'data.train')).toMatch(/labels are whole numbers from 0 to 1/)
})

test('numbers that the task cannot have meant are told of, with what it says', () => {
  const { data } = tableOf(price)
  const of = (...labels: number[]) => ({
    inputs: new Float32Array(6),
    labels: Float32Array.from(labels),
    shape: [3],
  })
  expect(scaleProblem(of(280, 900), data, 'data.train')).toBeUndefined()
  expect(scaleProblem(of(250_000, 350_000), data, 'data.train')).toBe(
    'data.train.labels are around 300000, but the task says of price that its mean is 300 and its deviation 40: ' +
      'set them to about those of your numbers.',
  )
  expect(scaleProblem(of(1, 1), mnist.data, 'data.train')).toBeUndefined()
})
