import { io, tensor } from '@tensorflow/tfjs-core'
import { loadLayersModel } from '@tensorflow/tfjs-layers'
import { expect, test } from 'vitest'
import { seededRandom } from '../../lib/random.ts'
import { elements } from '../../params/layout.ts'
import type { LayerSpec } from '../../task/layer-spec.ts'
import { initialParameters, isStatistic, modelLayout } from '../../task/models.ts'
import { mnist, mnistCnn } from '../../task/presets.ts'
import { completeTask } from '../../task/schema.ts'
import { exportModel } from './export-model.ts'
import { homes, priceTask } from './number-suite.ts'
import { createTfjsTrainer } from './trainer.ts'

test.each([mnist, mnistCnn, { ...mnist, name: 'softmax', model: { kind: 'mlp' as const, hidden: [] } }])(
  '$name exports to a Keras model with the same weights in the same order and the same predictions',
  async (preset) => {
    const task = completeTask({ ...preset, training: { ...preset.training, batchSize: 2 } })
    const random = seededRandom(3)
    const inputs = Float32Array.from({ length: 5 * 784 }, () => random.next())
    const examples = { inputs, labels: Uint8Array.of(0, 1, 2, 3, 4), shape: [28, 28, 1] }
    const trainer = await createTfjsTrainer({ task, examples, backend: 'cpu', seed: 1 })
    await trainer.train(2)
    const params = await trainer.read()

    const exported = exportModel(task, params)
    const model = await loadLayersModel(io.fromMemory(exported))
    expect(model.weights.map(({ shape }) => shape)).toEqual(
      modelLayout(task).tensors.map(({ shape }) => shape),
    )
    const predicted = model.predict(tensor(inputs, [5, 28, 28, 1]))
    const shares = await (Array.isArray(predicted) ? expect.fail() : predicted).data()
    const expected = await trainer.predict(inputs)
    expect(shares.length).toBe(50)
    for (const [i, share] of expected.entries()) expect(shares[i]).toBeCloseTo(share, 5)
    trainer.dispose()
  },
)

const everyLayer: readonly LayerSpec[] = [
  { type: 'conv2d', filters: 6, kernel: 4, stride: 2, padding: 'same', activation: 'linear' },
  { type: 'batch-norm' },
  { type: 'relu' },
  { type: 'depthwise-conv2d', kernel: 3, padding: 'same' },
  { type: 'separable-conv2d', filters: 5, kernel: 3, stride: 2 },
  { type: 'average-pool', size: 2, stride: 1 },
  { type: 'layer-norm' },
  { type: 'max-pool', size: 2 },
  { type: 'dropout', rate: 0.4 },
  { type: 'dense', units: 7, activation: 'linear' },
  { type: 'batch-norm' },
]

test('every layer exports to its Keras counterpart, which predicts the same', async () => {
  const task = completeTask({
    ...mnist,
    model: { kind: 'layers', layers: everyLayer },
    training: { ...mnist.training, batchSize: 5 },
  })
  const random = seededRandom(4)
  const inputs = Float32Array.from({ length: 5 * 784 }, () => random.next())
  const examples = { inputs, labels: Uint8Array.of(0, 1, 2, 3, 4), shape: [28, 28, 1] }
  const trainer = await createTfjsTrainer({ task, examples, backend: 'cpu', seed: 1 })
  const start = initialParameters(trainer.layout, 1)
  await trainer.train(3)
  const params = await trainer.read()
  let offset = 0
  for (const tensor of trainer.layout.tensors) {
    if (isStatistic(tensor)) expect(params[offset], tensor.name).not.toBe(start[offset])
    offset += elements(tensor.shape)
  }
  const exported = exportModel(task, params)
  const again = completeTask({ ...mnist, model: { kind: 'layers', topology: exported.modelTopology } })
  expect(modelLayout(again)).toEqual(modelLayout(task))
  const model = await loadLayersModel(io.fromMemory(exported))
  const predicted = model.predict(tensor(inputs, [5, 28, 28, 1]))
  const shares = await (Array.isArray(predicted) ? expect.fail() : predicted).data()
  const expected = await trainer.predict(inputs)
  expect(shares.length).toBe(50)
  for (const [i, share] of expected.entries()) expect(shares[i]).toBeCloseTo(share, 5)
  trainer.dispose()
})

test('a number is exported in its own unit', async () => {
  const task = priceTask()
  const trainer = await createTfjsTrainer({ task, examples: homes(50, 1), backend: 'cpu', seed: 1 })
  await trainer.train(30)
  const { inputs } = homes(6, 2)
  const model = await loadLayersModel(io.fromMemory(exportModel(task, await trainer.read())))
  const predicted = model.predict(tensor(inputs, [6, 5]))
  const numbers = await (Array.isArray(predicted) ? expect.fail() : predicted).data()
  const expected = await trainer.predict(inputs)
  expect(numbers.length).toBe(6)
  for (const [i, price] of expected.entries()) expect((numbers[i] ?? 0) / price).toBeCloseTo(1, 5)
  trainer.dispose()
})

test('a variance that a merge made negative is exported as zero', () => {
  const layers: readonly LayerSpec[] = [{ type: 'batch-norm' }]
  const task = completeTask({ ...mnist, model: { kind: 'layers', layers } })
  const params = new Float32Array(modelLayout(task).size).fill(-1)
  const { weightData } = exportModel(task, params)
  expect([...new Float32Array(weightData).subarray(0, 5)]).toEqual([-1, -1, -1, 0, -1])
})

test('parameters of another size are refused', () => {
  expect(() => exportModel(completeTask(mnist), new Float32Array(3))).toThrow(RangeError)
})
