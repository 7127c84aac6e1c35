import { describe, expect, test } from 'vitest'
import { paddingBefore } from './layer.ts'
import type { LayerSpec } from './layer-spec.ts'
import { initialParameters, isStatistic, layersOf, ModelError, modelLayout } from './models.ts'
import { mnist, mnistCnn } from './presets.ts'
import { completeTask, parseTask } from './schema.ts'
import type { Task } from './task.ts'

const taskWith = (
  layers: readonly LayerSpec[],
  shape: readonly [number, number, number] = [28, 28, 1],
): Task => ({
  ...mnist,
  data: { kind: 'image', shape, classes: [...'0123456789'] },
  model: { kind: 'layers', layers },
})
const layoutWith = (...given: Parameters<typeof taskWith>) => modelLayout(completeTask(taskWith(...given)))

test('the kinds of the presets keep the tensors that rooms already know', () => {
  expect(modelLayout(completeTask(mnist)).tensors.map(({ name, shape }) => [name, shape])).toEqual([
    ['1/kernel', [784, 64]],
    ['1/bias', [64]],
    ['2/kernel', [64, 10]],
    ['2/bias', [10]],
  ])
  expect(modelLayout(completeTask(mnistCnn)).tensors.map(({ name, shape }) => [name, shape])).toEqual([
    ['0/kernel', [3, 3, 1, 16]],
    ['0/bias', [16]],
    ['2/kernel', [3, 3, 16, 32]],
    ['2/bias', [32]],
    ['5/kernel', [800, 64]],
    ['5/bias', [64]],
    ['6/kernel', [64, 10]],
    ['6/bias', [10]],
  ])
})

test('the convolutional network of flwr-serverless has its 21,722 parameters', () => {
  const layout = layoutWith([
    { type: 'conv2d', filters: 32, kernel: 4 },
    { type: 'max-pool', size: 2 },
    { type: 'conv2d', filters: 16, kernel: 4 },
    { type: 'flatten' },
  ])
  expect(layout.size).toBe(21_722)
})

test('every layer that has parameters names them, with their shapes', () => {
  const layout = layoutWith(
    [
      { type: 'separable-conv2d', filters: 6, kernel: 3, stride: 2, padding: 'same' },
      { type: 'batch-norm' },
      { type: 'average-pool', size: 3, stride: 2 },
      { type: 'depthwise-conv2d', kernel: 2 },
      { type: 'dropout', rate: 0.5 },
      { type: 'dense', units: 5 },
      { type: 'layer-norm' },
    ],
    [15, 13, 3],
  )
  expect(layout.tensors.map(({ name, shape }) => [name, shape])).toEqual([
    ['0/depthwise-kernel', [3, 3, 3, 1]],
    ['0/bias', [3]],
    ['1/kernel', [1, 1, 3, 6]],
    ['1/bias', [6]],
    ['2/gamma', [6]],
    ['2/beta', [6]],
    ['2/moving-mean', [6]],
    ['2/moving-variance', [6]],
    ['4/depthwise-kernel', [2, 2, 6, 1]],
    ['4/bias', [6]],
    // 8 x 7 after the stride, 3 x 3 after pooling, 2 x 2 after the second convolution
    ['7/kernel', [24, 5]],
    ['7/bias', [5]],
    ['8/gamma', [5]],
    ['8/beta', [5]],
    ['9/kernel', [5, 10]],
    ['9/bias', [10]],
  ])
  expect(layout.tensors.filter(isStatistic).map(({ name }) => name)).toEqual([
    '2/moving-mean',
    '2/moving-variance',
  ])
})

test('normalizations begin as nothing at all: factors and variances one, the rest zero', () => {
  const layout = layoutWith([{ type: 'batch-norm' }, { type: 'dense', units: 2 }, { type: 'layer-norm' }])
  const params = initialParameters(layout, 5)
  expect([...params.subarray(0, 4)]).toEqual([1, 0, 0, 1])
  const after = 4 + 784 * 2
  expect([...params.subarray(after, after + 6)]).toEqual([0, 0, 1, 1, 0, 0])
})

test('filters of single channels begin as wide as their own few inputs ask for', () => {
  const layout = layoutWith([{ type: 'depthwise-conv2d', kernel: 3 }], [8, 8, 4])
  const wide = initialParameters(layout, 5).subarray(0, 36)
  const deviation = Math.sqrt(wide.reduce((sum, value) => sum + value * value, 0) / 36)
  expect(deviation).toBeGreaterThan(0.25)
  expect(deviation).toBeLessThan(0.75)
})

describe('padding before', () => {
  test.each([
    { size: 8, kernel: 3, stride: 1, before: 1 },
    { size: 8, kernel: 3, stride: 2, before: 0 },
    { size: 7, kernel: 3, stride: 2, before: 1 },
    { size: 8, kernel: 4, stride: 1, before: 1 },
    { size: 5, kernel: 1, stride: 3, before: 0 },
  ])(
    'of $size pixels under a window of $kernel with stride $stride is $before',
    ({ size, before, ...window }) => {
      const task = completeTask(
        taskWith([{ type: 'conv2d', filters: 1, padding: 'same', ...window }], [size, size, 1]),
      )
      const [layer] = layersOf(task)
      expect(layer?.type === 'conv2d' ? paddingBefore(layer) : undefined).toEqual([before, before])
    },
  )
})

describe('says which field is impossible:', () => {
  test.each<[LayerSpec[], string]>([
    [
      [{ type: 'conv2d', filters: 2, kernel: 5 }],
      'model.layers[0].kernel: a window of 5x5 does not fit into the 4x9',
    ],
    [
      [
        { type: 'max-pool', size: 2 },
        { type: 'max-pool', size: 3 },
      ],
      'model.layers[1].size: a window of 3x3',
    ],
    [
      [
        { type: 'dense', units: 3 },
        { type: 'conv2d', filters: 1, kernel: 1 },
      ],
      'model.layers[1].type: conv2d takes images',
    ],
    [[{ type: 'flatten' }, { type: 'flatten' }], 'model.layers[1].type: flatten takes images'],
  ])('%j', (layers, message) => {
    const task = completeTask(taskWith(layers, [4, 9, 1]))
    expect(() => layersOf(task)).toThrow(ModelError)
    expect(() => layersOf(task)).toThrow(message)
  })
})

test('layers that say nothing of their settings are the same task as layers that spell out the defaults', () => {
  const terse = taskWith([
    { type: 'conv2d', filters: 4, kernel: 3 },
    { type: 'dense', units: 4 },
  ])
  const spelled = taskWith([
    { type: 'conv2d', filters: 4, kernel: 3, stride: 1, padding: 'valid', activation: 'relu' },
    { type: 'dense', units: 4, activation: 'relu' },
  ])
  expect(completeTask(terse)).toEqual(completeTask(spelled))
})

test.each<[unknown, string]>([
  [{ type: 'conv2d', filters: 4, kernel: 8 }, 'model.layers.0.kernel'],
  [{ type: 'conv2d', filters: 4, kernel: 3, dilation: 2 }, 'model.layers.0.dilation'],
  [{ type: 'dropout', rate: 1 }, 'model.layers.0.rate'],
  [{ type: 'lstm' }, 'model.layers.0.type'],
])('%j is turned away', (layer, field) => {
  const result = parseTask({ ...mnist, model: { kind: 'layers', layers: [layer] } })
  expect(result.ok ? 'accepted' : result.reason).toContain(`${field}: `)
})
