import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../lib/random.ts'
import { elements } from '../../../params/layout.ts'
import { distance, norm } from '../../../params/vector.ts'
import type { Examples } from '../../../ports.ts'
import type { LayerSpec } from '../../../task/layer-spec.ts'
import { isStatistic } from '../../../task/models.ts'
import { mnist } from '../../../task/presets.ts'
import { completeTask } from '../../../task/schema.ts'
import type { CompleteTask, Task } from '../../../task/task.ts'
import { homes, priceTask } from '../number-suite.ts'
import { createTfjsTrainer, type TfjsTrainer } from '../trainer.ts'
import { onRealGpu, openTrainer, stepChanges } from './step-suite.ts'

interface Settings {
  readonly shape: readonly [number, number, number]
  readonly batchSize: number
  readonly layers: readonly LayerSpec[]
}

const classes = ['a', 'b', 'c']

const taskOf = (
  { shape, batchSize, layers }: Settings,
  training: Partial<Task['training']> = {},
): CompleteTask =>
  completeTask({
    ...mnist,
    data: { kind: 'image', shape, classes },
    model: { kind: 'layers', layers },
    training: { optimizer: { kind: 'sgd', learningRate: 1 }, clipNorm: 0, batchSize, ...training },
  })

/** One bright patch for each class in noise. */
function pictures(shape: readonly number[], count: number): Examples {
  const random = seededRandom(7)
  const width = elements(shape)
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classes.length)
  const inputs = Uint8Array.from({ length: count * width }, (_, i) => {
    const patch = Math.floor(((i % width) * classes.length) / width)
    return Math.floor(120 * random.next()) + (patch === labels[Math.floor(i / width)] ? 120 : 0)
  })
  return { inputs, labels, shape }
}

/** On a device that takes no buffer as large as all the examples. */
async function openNarrow(task: CompleteTask, examples: Examples): Promise<TfjsTrainer> {
  const { prototype } = GPUDevice
  const limits = Object.getOwnPropertyDescriptor(prototype, 'limits')
  const narrow = { maxStorageBufferBindingSize: 10_000, maxBufferSize: 10_000 }
  Object.defineProperty(prototype, 'limits', { get: () => narrow, configurable: true })
  try {
    const trainer = await createTfjsTrainer({ task, examples, backend: 'webgpu', seed: 3 })
    expect(trainer.note).toMatch(/^The step is not compiled/)
    return trainer
  } finally {
    if (limits !== undefined) Object.defineProperty(prototype, 'limits', limits)
  }
}

async function expectSameChanges(
  task: CompleteTask,
  examples: Examples,
  openGpu: () => Promise<TfjsTrainer> = () => openTrainer(task, examples, 'webgpu'),
) {
  const expected = await stepChanges(await openTrainer(task, examples, 'cpu'))
  const actual = await stepChanges(await openGpu())
  expect(actual.loss).toBeCloseTo(expected.loss, 4)
  expect(actual.probes[1] / expected.probes[1]).toBeCloseTo(1, 3)
  const largest = Math.max(...expected.parts.map(({ change }) => norm(change)))
  for (const [index, { tensor, change }] of expected.parts.entries()) {
    const other = actual.parts[index]?.change ?? new Float32Array(change.length)
    if (isStatistic(tensor)) expect(norm(change), tensor.name).toBeGreaterThan(0)
    // What a norm behind it takes away again is nothing but rounding.
    const scale = Math.max(norm(change), 1e-3 * largest)
    expect(distance(other, change) / scale, tensor.name).toBeLessThan(2e-4)
  }
}

const conv = (filters: number, kernel: number, more: object = {}): LayerSpec => ({
  type: 'conv2d',
  filters,
  kernel,
  ...more,
})
const same = { padding: 'same' } as const
const linear = { activation: 'linear' } as const

const settings: readonly (Settings & { readonly name: string })[] = [
  {
    name: 'the network of flwr-serverless',
    shape: [17, 16, 1],
    batchSize: 3,
    layers: [conv(32, 4), { type: 'max-pool', size: 2 }, conv(16, 4)],
  },
  {
    name: 'a convolution behind a convolution, one example',
    shape: [9, 7, 3],
    batchSize: 1,
    layers: [conv(5, 3), conv(8, 2), conv(4, 1, linear)],
  },
  {
    name: 'strides and padding',
    shape: [9, 12, 2],
    batchSize: 9,
    layers: [
      conv(8, 5, { stride: 2, ...same }),
      conv(6, 3, same),
      conv(4, 4, { stride: 3, ...same, ...linear }),
      conv(3, 2),
    ],
  },
  {
    name: 'strides without padding, odd channels',
    shape: [13, 11, 1],
    batchSize: 3,
    layers: [conv(5, 3, { stride: 2 }), { type: 'relu' }, conv(7, 2, { stride: 2 })],
  },
  {
    name: 'depthwise and separable convolutions',
    shape: [10, 9, 4],
    batchSize: 9,
    layers: [
      { type: 'depthwise-conv2d', kernel: 3, ...same },
      { type: 'separable-conv2d', filters: 6, kernel: 3, stride: 2, ...same },
      { type: 'depthwise-conv2d', kernel: 2, ...linear },
    ],
  },
  {
    name: 'windows of averages and of overlapping squares',
    shape: [12, 11, 3],
    batchSize: 4,
    layers: [
      conv(4, 2, linear),
      { type: 'max-pool', size: 3, stride: 2 },
      conv(3, 2),
      { type: 'average-pool', size: 2, stride: 1 },
    ],
  },
  {
    name: 'pooling of what no ReLU saw, with a gap',
    shape: [9, 10, 1],
    batchSize: 2,
    layers: [conv(5, 2, linear), { type: 'max-pool', size: 2 }, { type: 'average-pool', size: 1, stride: 2 }],
  },
  {
    name: 'batch norm between layers, with and without a ReLU',
    shape: [8, 9, 2],
    batchSize: 6,
    layers: [
      { type: 'batch-norm' },
      conv(8, 3, linear),
      { type: 'batch-norm' },
      { type: 'relu' },
      conv(5, 3),
      { type: 'batch-norm' },
      { type: 'max-pool', size: 2 },
      { type: 'dense', units: 6 },
      { type: 'batch-norm', momentum: 0.5, epsilon: 0.1 },
    ],
  },
  {
    name: 'layer norm of channels and of units',
    shape: [6, 7, 3],
    batchSize: 10,
    layers: [
      conv(5, 3),
      { type: 'layer-norm' },
      { type: 'dense', units: 7 },
      { type: 'layer-norm', epsilon: 0.1 },
      { type: 'relu' },
    ],
  },
  {
    name: 'dropout of images and of units',
    shape: [8, 8, 1],
    batchSize: 7,
    layers: [
      conv(6, 3),
      { type: 'dropout', rate: 0.3 },
      { type: 'average-pool', size: 2 },
      { type: 'dense', units: 9 },
      { type: 'dropout', rate: 0.5 },
    ],
  },
]

describe.each(settings)('$name', (settings) => {
  const examples = pictures(settings.shape, 2 * settings.batchSize + 1)

  test('has the gradients of plain JavaScript', () => expectSameChanges(taskOf(settings), examples))
})

describe.each([
  { hidden: [7], batchSize: 1 },
  { hidden: [8, 5], batchSize: 10 },
  { hidden: [], batchSize: 33 },
])('a number of a table, hidden layers [$hidden], batches of $batchSize', ({ hidden, batchSize }) => {
  const task = priceTask({ kind: 'momentum', learningRate: 0.1 }, hidden)
  const training = { ...task.training, batchSize }
  test('has the gradients of plain JavaScript', () =>
    expectSameChanges({ ...task, training }, homes(2 * batchSize + 1, 1)))
})

// With fewer examples a share is one of them on every device.
describe.each(settings.filter(({ batchSize }) => batchSize > 8))('$name', (settings) => {
  test('has the gradients of plain JavaScript with the kernels for real GPUs', async () => {
    await onRealGpu(() =>
      expectSameChanges(taskOf(settings), pictures(settings.shape, 2 * settings.batchSize + 1)),
    )
  })
})

test.each(['webgpu', 'cpu'] as const)(
  'moving statistics are no business of an optimizer: %s',
  async (backend) => {
    const settings: Settings = { shape: [4, 5, 2], batchSize: 6, layers: [{ type: 'batch-norm' }] }
    const examples = pictures(settings.shape, 20)
    const statisticsAfter = async (training: Partial<Task['training']>) => {
      const trainer = await openTrainer(taskOf(settings, training), examples, backend)
      await trainer.train(3)
      const params = await trainer.read()
      trainer.dispose()
      // Mean and variance of two channels, behind gamma and beta.
      return params.slice(4, 8)
    }
    const plain = await statisticsAfter({})
    expect(plain.every((value) => value > 0)).toBe(true)
    const optimizer = { kind: 'adamw', learningRate: 0.1, weightDecay: 5 } as const
    expect(await statisticsAfter({ optimizer, proximal: 2 })).toEqual(plain)
  },
)

test('tfjs operations on a GPU have them, too, where a device is too small for the examples', async () => {
  const settings: Settings = {
    shape: [12, 11, 2],
    batchSize: 6,
    layers: [
      conv(5, 3, { stride: 2, ...same, ...linear }),
      { type: 'batch-norm' },
      { type: 'relu' },
      { type: 'separable-conv2d', filters: 6, kernel: 3, ...same },
      { type: 'average-pool', size: 2, stride: 1 },
      { type: 'layer-norm' },
      { type: 'max-pool', size: 2 },
      { type: 'dropout', rate: 0.4 },
    ],
  }
  const task = taskOf(settings)
  const examples = pictures(settings.shape, 101)
  await expectSameChanges(task, examples, () => openNarrow(task, examples))
})

test('200 steps of all kinds of layers end within a thousandth of plain JavaScript', async () => {
  const settings: Settings = {
    shape: [8, 8, 1],
    batchSize: 5,
    layers: [
      conv(3, 3, { ...same, ...linear }),
      { type: 'batch-norm' },
      { type: 'relu' },
      { type: 'separable-conv2d', filters: 4, kernel: 3, stride: 2 },
      { type: 'average-pool', size: 2, stride: 1 },
      { type: 'dropout', rate: 0.2 },
      { type: 'dense', units: 8 },
    ],
  }
  const task = taskOf(settings, { optimizer: { kind: 'sgd', learningRate: 0.05 }, clipNorm: 2 })
  const examples = pictures(settings.shape, 60)
  const run = async (backend: 'cpu' | 'webgpu') => {
    const trainer = await openTrainer(task, examples, backend)
    const first = await trainer.train(50)
    const { loss } = await trainer.train(150)
    const params = await trainer.read()
    const { accuracy } = await trainer.evaluate(examples)
    trainer.dispose()
    return { first: first.loss, loss, params, accuracy }
  }
  const expected = await run('cpu')
  const actual = await run('webgpu')
  expect(expected.loss).toBeLessThan(expected.first)
  expect(expected.accuracy).toBeGreaterThan(0.9)
  expect(actual.accuracy).toBe(expected.accuracy)
  expect(actual.loss / expected.loss).toBeCloseTo(1, 2)
  expect(distance(actual.params, expected.params) / norm(expected.params)).toBeLessThan(1e-3)
})
