import { io, tensor } from '@tensorflow/tfjs-core'
import { loadLayersModel } from '@tensorflow/tfjs-layers'
import { expect, test } from 'vitest'
import { seededRandom } from '../../lib/random.ts'
import { modelLayout } from '../../task/models.ts'
import { mnist, mnistCnn } from '../../task/presets.ts'
import { completeTask } from '../../task/schema.ts'
import { exportModel } from './export-model.ts'
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

test('parameters of another size are refused', () => {
  expect(() => exportModel(completeTask(mnist), new Float32Array(3))).toThrow(RangeError)
})
