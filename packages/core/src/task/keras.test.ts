import { expect, test } from 'vitest'
import { fromKeras } from './keras.ts'
import { mnist } from './presets.ts'
import { completeTask, parseTask } from './schema.ts'
import type { Task } from './task.ts'

type Json = Readonly<Record<string, unknown>>

const layer = (class_name: string, config: Json = {}) => ({ class_name, config: { name: 'one', ...config } })
const input = { batch_input_shape: [null, 8, 8, 1] }
const softmax = layer('Dense', { units: 3, activation: 'softmax', use_bias: true })
const sequential = (...layers: readonly object[]) => ({
  class_name: 'Sequential',
  config: { name: 'all', layers },
})

test('a topology becomes a list of layers, the last one apart', () => {
  const model = sequential(
    layer('Conv2D', {
      ...input,
      filters: 4,
      kernel_size: [3, 3],
      strides: [2, 2],
      padding: 'same',
      activation: 'relu',
    }),
    layer('BatchNormalization', { axis: 3, momentum: 0.99, epsilon: 0.001 }),
    layer('Activation', { activation: 'relu' }),
    layer('MaxPooling2D', { pool_size: [2, 2], strides: [1, 1], padding: 'valid' }),
    layer('DepthwiseConv2D', { kernel_size: 2, depth_multiplier: 1 }),
    layer('Flatten'),
    layer('LayerNormalization', { axis: [1], epsilon: 0.01 }),
    layer('Dropout', { rate: 0.2, noise_shape: null }),
    softmax,
  )
  expect(fromKeras(model)).toEqual({
    shape: [8, 8, 1],
    layers: [
      { type: 'conv2d', filters: 4, kernel: 3, stride: 2, padding: 'same', activation: 'relu' },
      { type: 'batch-norm', momentum: 0.99, epsilon: 0.001 },
      { type: 'relu' },
      { type: 'max-pool', size: 2, stride: 1 },
      { type: 'depthwise-conv2d', kernel: 2, stride: 1, padding: 'valid', activation: 'linear' },
      { type: 'flatten' },
      { type: 'layer-norm', epsilon: 0.01 },
      { type: 'dropout', rate: 0.2 },
    ],
    units: 3,
    outputs: 'softmax',
  })
})

test('Keras wraps it, may say the input first and the softmax last, and list the layers alone', () => {
  const layers = [
    layer('InputLayer', { batch_input_shape: [null, 4] }),
    layer('Dense', { units: 2, activation: 'linear' }),
    layer('Softmax'),
  ]
  const bare = { model_config: { class_name: 'Sequential', config: layers } }
  expect(fromKeras(bare)).toEqual({ shape: [4], layers: [], units: 2, outputs: 'softmax' })
})

test.each<[string, object, string]>([
  [
    'another class of model',
    { class_name: 'Functional', config: {} },
    'the topology is none of a Keras Sequential',
  ],
  ['no model at all', [], 'the topology is none of a Keras Sequential'],
  ['no shape', sequential(softmax), 'the first layer does not say what shape goes in'],
  [
    'a shape left open',
    sequential(layer('Flatten', { batch_input_shape: [null, null, 3] }), softmax),
    'what shape',
  ],
  ['no dense layer at the end', sequential(layer('Flatten', input)), 'the last layer is no Dense layer'],
  [
    'dense layers on images',
    sequential(layer('Dense', { ...input, units: 3 }), softmax),
    'Dense "one": a Flatten must come before it',
  ],
  [
    'a layer that is not known',
    sequential(layer('GRU', input), softmax),
    'GRU "one": no layer of that kind is known here',
  ],
  [
    'an activation that is not known',
    sequential(layer('Flatten', input), layer('Dense', { units: 3, activation: 'tanh' }), softmax),
    'Dense "one": activation tanh is neither relu nor linear',
  ],
  [
    'outputs that are neither',
    sequential(layer('Flatten', input), layer('Dense', { units: 3, activation: 'sigmoid' })),
    'activation sigmoid of the last layer is neither softmax nor linear',
  ],
  [
    'a kernel that is no square',
    sequential(layer('Conv2D', { ...input, filters: 4, kernel_size: [3, 1] }), softmax),
    'Conv2D "one": kernel_size [3, 1] is no square',
  ],
  [
    'no bias',
    sequential(layer('Conv2D', { ...input, filters: 4, kernel_size: 3, use_bias: false }), softmax),
    'Conv2D "one": use_bias is false, only true is known here',
  ],
  [
    'a dilation',
    sequential(layer('Conv2D', { ...input, filters: 4, kernel_size: 3, dilation_rate: [2, 2] }), softmax),
    'dilation_rate is 2, only 1 is known here',
  ],
  [
    'a frozen layer',
    sequential(layer('Flatten', input), layer('Dense', { units: 3, trainable: false }), softmax),
    'trainable is false',
  ],
  [
    'a regularizer',
    sequential(layer('Flatten', input), layer('Dense', { units: 3, kernel_regularizer: {} }), softmax),
    'kernel_regularizer is not known here',
  ],
  [
    'a norm over rows',
    sequential(layer('BatchNormalization', { ...input, axis: 1 }), layer('Flatten'), softmax),
    'axis 1 is not the last',
  ],
  [
    'filters that are no number',
    sequential(layer('Conv2D', { ...input, filters: 'many', kernel_size: 3 }), softmax),
    'filters is no number',
  ],
])('%s: refused, naming the layer', (_, model, reason) => {
  expect(() => fromKeras(model)).toThrow(reason)
})

const taskOf = (topology: object, data: Task['data'] = mnist.data): Task => ({
  ...mnist,
  data,
  model: { kind: 'layers', topology },
})
const ten = layer('Dense', { units: 10, activation: 'softmax' })
const flat = layer('Flatten', { batch_input_shape: [null, 28, 28, 1] })

test('a task may have a topology, which is its list of layers', () => {
  const hidden = layer('Dense', { units: 64, activation: 'relu' })
  const task = completeTask(taskOf(sequential(flat, hidden, ten)))
  const layers = [{ type: 'flatten' }, { type: 'dense', units: 64, activation: 'relu' }] as const
  expect(task.model).toEqual({ kind: 'layers', layers })
  expect(task).toEqual(completeTask({ ...mnist, model: { kind: 'layers', layers } }))
})

test.each<[string, object, Task['data'] | undefined, string]>([
  ['no model', [], undefined, 'model.topology: the topology is none of a Keras Sequential'],
  [
    'another shape',
    sequential(layer('Flatten', input), ten),
    undefined,
    'model.topology: it takes [8, 8, 1], but an example of the data is [28, 28, 1]',
  ],
  [
    'other classes',
    sequential(flat, softmax),
    undefined,
    'model.topology: its last layer has 3 units, but the data take 10',
  ],
  [
    'classes where a number is learned',
    sequential(flat, layer('Dense', { units: 1, activation: 'softmax' })),
    {
      kind: 'image',
      shape: [28, 28, 1],
      target: { kind: 'number', name: 'age', mean: 40, deviation: 10 },
    },
    'model.topology: it ends in softmax, but a number is to be learned',
  ],
])('a topology of %s is refused', (_, topology, data, reason) => {
  expect(parseTask(taskOf(topology, data))).toEqual({ ok: false, reason })
})

test('data that make no sense are what is told of', () => {
  const task = { ...taskOf([]), data: { kind: 'image', shape: [0, 1, 1], classes: ['a', 'b'] } }
  expect(parseTask(task)).toEqual({ ok: false, reason: expect.stringMatching(/^data\.shape/) })
})
