import { completeTask, type Task } from '@gossamer/core'
import { expect, test } from 'vitest'
import { stepFlops } from './training/flops.ts'

const batchSize = 32

const taskWith = (model: Task['model']): ReturnType<typeof completeTask> =>
  completeTask({
    version: 1,
    name: 'counted',
    data: { kind: 'image', shape: [28, 28, 1], classes: [...'0123456789'] },
    model,
    training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize },
    seed: 1,
  })

test('a perceptron: both products forward and for the weights, one for the inputs of the last layer', () => {
  const [first, last] = [784 * 128, 128 * 10]
  expect(stepFlops(taskWith({ kind: 'mlp', hidden: [128] }))).toBe(2 * batchSize * (2 * first + 3 * last))
})

test('convolutions count every place of their windows, padding or not, and pooling counts nothing', () => {
  const valid = taskWith({
    kind: 'layers',
    layers: [
      { type: 'conv2d', filters: 32, kernel: 4 },
      { type: 'max-pool', size: 2 },
      { type: 'conv2d', filters: 16, kernel: 4 },
    ],
  })
  const [first, second, last] = [25 * 25 * 16 * 32, 9 * 9 * 16 * 32 * 16, 9 * 9 * 16 * 10]
  expect(stepFlops(valid)).toBe(2 * batchSize * (2 * first + 3 * (second + last)))
})

test('filters of single channels see one channel each', () => {
  const separable = taskWith({
    kind: 'layers',
    layers: [{ type: 'separable-conv2d', filters: 6, kernel: 3, padding: 'same' }],
  })
  const [depthwise, pointwise, last] = [28 * 28 * 9, 28 * 28 * 6, 28 * 28 * 6 * 10]
  expect(stepFlops(separable)).toBe(2 * batchSize * (2 * depthwise + 3 * (pointwise + last)))
})

test('a transformer: its matrices, and the scores that the mask leaves', () => {
  const task = completeTask({
    version: 1,
    name: 'counted',
    data: { kind: 'text', context: 3, vocabulary: 'ab' },
    model: { kind: 'transformer', width: 8, heads: 2, blocks: 2 },
    training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 5 },
    seed: 1,
  })
  const windows = 5
  // In a window of 3 tokens 1 + 2 + 3 pairs remain, each with two products of the width.
  const block = 3 * (8 * 24 + 8 * 8 + 8 * 32 + 32 * 8) + 6 * 2 * 8
  expect(stepFlops(task)).toBe(6 * windows * (2 * block + 3 * 8 * 2))
})
