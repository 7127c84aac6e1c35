import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../lib/random.ts'
import type { Problem } from '../../../node/snapshot.ts'
import { elements } from '../../../params/layout.ts'
import { distance, norm } from '../../../params/vector.ts'
import type { Examples } from '../../../ports.ts'
import { modelLayout } from '../../../task/models.ts'
import { mnist, mnistCnn } from '../../../task/presets.ts'
import { completeTask } from '../../../task/schema.ts'
import type { CompleteTask, ModelSpec, Task } from '../../../task/task.ts'
import { chooseTrainer } from '../select-backend.ts'
import { createTfjsTrainer } from '../trainer.ts'
import { onRealGpu, openTrainer, perturbed, stepChanges } from './step-suite.ts'

interface Settings {
  readonly shape: readonly [number, number, number]
  readonly classes: number
  readonly model: ModelSpec
  readonly batchSize: number
}

const taskOf = (
  { shape, classes, model, batchSize }: Settings,
  training: Partial<Task['training']> = {},
): CompleteTask =>
  completeTask({
    ...mnist,
    data: { kind: 'image', shape, classes: Array.from({ length: classes }, (_, c) => `class ${c}`) },
    model,
    training: { optimizer: { kind: 'sgd', learningRate: 1 }, clipNorm: 0, batchSize, ...training },
  })

/** One bright patch for each class in noise. */
function pictures(
  shape: readonly number[],
  classes: number,
  count: number,
  kind: 'bytes' | 'floats',
): Examples {
  const random = seededRandom(7)
  const width = elements(shape)
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classes)
  const bytes = Uint8Array.from({ length: count * width }, (_, i) => {
    const patch = Math.floor(((i % width) * classes) / width)
    return Math.floor(120 * random.next()) + (patch === labels[Math.floor(i / width)] ? 120 : 0)
  })
  const inputs = kind === 'bytes' ? bytes : Float32Array.from(bytes, (value) => value / 255)
  return { inputs, labels, shape }
}

async function expectSameChanges(
  task: CompleteTask,
  examples: Examples,
  tolerance: number,
  steps = 1,
): Promise<void> {
  const expected = await stepChanges(await openTrainer(task, examples, 'cpu'), steps)
  const actual = await stepChanges(await openTrainer(task, examples, 'webgpu'), steps)
  expect(actual.loss).toBeCloseTo(expected.loss, 4)
  for (const [index, { tensor, change }] of expected.parts.entries()) {
    const { name } = tensor
    const other = actual.parts[index]?.change ?? new Float32Array(change.length)
    expect(norm(change), name).toBeGreaterThan(0)
    expect(distance(other, change) / norm(change), name).toBeLessThan(tolerance)
  }
}

const mlp = (...hidden: readonly number[]): ModelSpec => ({ kind: 'mlp', hidden })
const cnn = (filters: readonly number[], ...hidden: readonly number[]): ModelSpec => ({
  kind: 'cnn',
  filters,
  hidden,
})

const settings = [
  { shape: [28, 28, 1], classes: 10, model: mlp(64), batchSize: 32 },
  { shape: [28, 28, 1], classes: 10, model: mlp(128, 12), batchSize: 9 },
  { shape: [5, 5, 1], classes: 3, model: mlp(7, 5), batchSize: 6 },
  { shape: [4, 4, 1], classes: 2, model: mlp(), batchSize: 3 },
  { shape: [3, 7, 3], classes: 5, model: mlp(9), batchSize: 1 },
  { shape: [28, 28, 1], classes: 10, model: cnn([16, 32], 64), batchSize: 8 },
  { shape: [12, 13, 3], classes: 4, model: cnn([8]), batchSize: 1 },
  { shape: [11, 13, 2], classes: 3, model: cnn([5, 3], 6), batchSize: 9 },
  { shape: [10, 14, 4], classes: 6, model: cnn([6, 4], 5), batchSize: 3 },
  { shape: [24, 22, 1], classes: 2, model: cnn([4, 7, 8], 4), batchSize: 10 },
] as const

describe.each(settings)('a step of $model on $shape, $classes classes, batch $batchSize', (settings) => {
  const { shape, classes, batchSize } = settings
  const examplesOf = (kind: 'bytes' | 'floats') => pictures(shape, classes, 2 * batchSize + 1, kind)

  test.each(['bytes', 'floats'] as const)('has the gradients of plain JavaScript, %s', (kind) =>
    expectSameChanges(taskOf(settings), examplesOf(kind), 1e-4),
  )

  test('has them with the kernels for real GPUs', async () => {
    await onRealGpu(() => expectSameChanges(taskOf(settings), examplesOf('bytes'), 1e-4))
  })
})

const small = { shape: [11, 13, 2], classes: 3, model: cnn([5, 4], 6), batchSize: 9 } as const

describe.each([
  { kind: 'sgd', learningRate: 0.2 } as const,
  { kind: 'momentum', learningRate: 0.2 } as const,
  { kind: 'adam', learningRate: 0.01 } as const,
  { kind: 'adamw', learningRate: 0.01, weightDecay: 0.3 } as const,
])('three steps of $kind', (optimizer) => {
  test.each([
    { clipNorm: 0, logitAdjustment: true },
    { clipNorm: 0.05, logitAdjustment: false },
    { clipNorm: 1e6, logitAdjustment: true },
    { clipNorm: 0.05, proximal: 2 },
  ])('go where plain JavaScript goes: $clipNorm, adjusted $logitAdjustment', (training) =>
    expectSameChanges(
      taskOf(small, { optimizer, ...training }),
      pictures(small.shape, small.classes, 31, 'bytes'),
      1e-3,
      3,
    ),
  )
})

test('200 steps end within a thousandth of plain JavaScript', async () => {
  const settings = { shape: [12, 12, 1], classes: 4, model: cnn([4], 8), batchSize: 8 } as const
  const task = taskOf(settings, { optimizer: { kind: 'sgd', learningRate: 0.1 }, clipNorm: 2 })
  const examples = pictures(settings.shape, settings.classes, 60, 'bytes')
  const run = async (backend: 'cpu' | 'webgpu') => {
    const trainer = await openTrainer(task, examples, backend)
    const first = await trainer.train(50)
    const { loss } = await trainer.train(150)
    const params = await trainer.read()
    trainer.dispose()
    return { first: first.loss, loss, params }
  }
  const expected = await run('cpu')
  const actual = await run('webgpu')
  expect(expected.loss).toBeLessThan(expected.first / 2)
  expect(actual.loss / expected.loss).toBeCloseTo(1, 3)
  expect(distance(actual.params, expected.params) / norm(expected.params)).toBeLessThan(1e-3)
})

/** As if one buffer of a device held no more. */
async function withPieces<T>(bytes: number, run: () => Promise<T>): Promise<T> {
  const { prototype } = GPUDevice
  const limits = Object.getOwnPropertyDescriptor(prototype, 'limits')
  const narrow = { maxStorageBufferBindingSize: bytes, maxBufferSize: bytes }
  Object.defineProperty(prototype, 'limits', { get: () => narrow, configurable: true })
  try {
    return await run()
  } finally {
    if (limits !== undefined) Object.defineProperty(prototype, 'limits', limits)
  }
}

test('examples too large for the device train on tfjs operations, and that is said', async () => {
  const examples = pictures([28, 28, 1], 10, 4_000, 'bytes')
  const task = completeTask(mnistCnn)
  await withPieces(3e6, async () => {
    const trainer = await createTfjsTrainer({ task, examples, backend: 'webgpu', seed: 1 })
    expect(trainer.note).toMatch(/^The step is not compiled: examples of 2.99 MB/)
    trainer.dispose()
  })
})

test('a model too large for the device trains elsewhere, and says how large it is and what fits', async () => {
  const examples = pictures([28, 28, 1], 10, 20, 'bytes')
  const task = completeTask({ ...mnist, model: { kind: 'mlp', hidden: [128] } })
  await withPieces(200_000, async () => {
    const trainer = await chooseTrainer({ task, examples, seed: 1, wanted: 'webgpu' })
    expect(trainer.backend().name).toBe('wasm')
    expect(trainer.backend().why).toMatch(
      /this model has 0.10 million parameters and needs [\d.]+ MB here, 0.388 MB of it in one piece \(params\); one piece may have 0.191 MB, so about 0.050 million parameters of this kind fit/,
    )
    const problem = await new Promise<Problem | undefined>((resolve) => trainer.onMoved(resolve))
    expect(problem?.code).toBe('model-too-large')
    trainer.dispose()
  })
})

test('a device that runs out of memory while the model is put there loses nothing', async () => {
  const { prototype } = GPUDevice
  const popErrorScope = Object.getOwnPropertyDescriptor(prototype, 'popErrorScope')
  const examples = pictures([28, 28, 1], 10, 20, 'bytes')
  const parameters = perturbed(modelLayout(completeTask(mnist)))
  Object.defineProperty(prototype, 'popErrorScope', {
    value: async () => new GPUOutOfMemoryError('full'),
    configurable: true,
  })
  try {
    const task = completeTask(mnist)
    const trainer = await chooseTrainer({ task, examples, parameters, seed: 1, wanted: 'webgpu' })
    expect(trainer.backend().name).toBe('wasm')
    expect(trainer.backend().why).toMatch(/the device has no [\d.]+ MB left for this model/)
    expect(await trainer.read()).toEqual(parameters)
    trainer.dispose()
  } finally {
    if (popErrorScope !== undefined) Object.defineProperty(prototype, 'popErrorScope', popErrorScope)
  }
})

test('a snapshot is of its moment, though training goes on while it is under way', async () => {
  const settings = { shape: [12, 12, 1], classes: 4, model: cnn([4], 8), batchSize: 8 } as const
  const trainer = await openTrainer(taskOf(settings), pictures(settings.shape, 4, 40, 'bytes'), 'webgpu')
  for (let i = 0; i < 6; i++) {
    const before = await trainer.read()
    const early = trainer.read()
    await trainer.train(40)
    expect(await early).toEqual(before)
    expect(await trainer.read()).not.toEqual(before)
  }
  trainer.dispose()
})

test.each(['bytes', 'floats'] as const)(
  'evaluates and predicts as plain JavaScript does, %s',
  async (kind) => {
    const settings = { shape: [11, 13, 2], classes: 3, model: cnn([5], 6), batchSize: 9 } as const
    const task = taskOf(settings)
    const own = pictures(settings.shape, 3, 20, kind)
    // More than one piece, and no whole number of batches.
    const others = pictures(settings.shape, 3, 301, kind)
    const [webgpu, cpu] = [await openTrainer(task, own, 'webgpu'), await openTrainer(task, own, 'cpu')]
    const given = perturbed(cpu.layout)
    const start = await webgpu.read()
    for (const params of [undefined, given]) {
      const expected = await cpu.evaluate(others, params)
      const actual = await webgpu.evaluate(others, params)
      expect(actual.loss).toBeCloseTo(expected.loss, 4)
      expect({ ...actual, loss: 0 }).toEqual({ ...expected, loss: 0 })
      const shares = await cpu.predict(others.inputs, params)
      const same = await webgpu.predict(others.inputs, params)
      expect(distance(same, shares) / norm(shares)).toBeLessThan(1e-5)
    }
    expect(await webgpu.read()).toEqual(start)
    webgpu.dispose()
    cpu.dispose()
  },
)
