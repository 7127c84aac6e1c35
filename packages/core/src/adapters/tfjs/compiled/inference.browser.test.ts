import { expect, test } from 'vitest'
import { seededRandom } from '../../../lib/random.ts'
import { distance, norm } from '../../../params/vector.ts'
import type { Examples } from '../../../ports.ts'
import { text } from '../../../task/presets.ts'
import { completeTask } from '../../../task/schema.ts'
import { createTfjsTrainer } from '../trainer.ts'

const context = 8

const windows = (count: number): Examples => {
  const random = seededRandom(count)
  const token = () => Math.floor(256 * random.next())
  return {
    inputs: Uint8Array.from({ length: count * context }, token),
    labels: Uint8Array.from({ length: count }, token),
    shape: [context],
  }
}

test('text is probed, weighed, evaluated and predicted as plain JavaScript does', async () => {
  const task = completeTask({
    ...text,
    data: { kind: 'text', context, vocabulary: 'bytes' },
    model: { kind: 'transformer', width: 8, heads: 2, blocks: 1 },
    training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 3 },
  })
  // No whole number of batches, here or there.
  const [examples, others] = [windows(10), windows(20)]
  const open = (backend: 'webgpu' | 'cpu') => createTfjsTrainer({ task, examples, backend, seed: 1 })
  const [webgpu, cpu] = [await open('webgpu'), await open('cpu')]
  expect(webgpu.note).toBeUndefined()
  const own = await cpu.read()
  const difference = own.map((value, i) => 0.3 * Math.sin(i) - 0.1 * value)
  expect(await webgpu.probe(own)).toBeCloseTo(await cpu.probe(own), 4)
  const expected = await cpu.weigh({ difference, share: 0.5 })
  const weighed = await webgpu.weigh({ difference, share: 0.5 })
  expect(weighed.before).toBeCloseTo(expected.before, 4)
  expect(weighed.after).toBeCloseTo(expected.after, 4)

  const given = own.map((value, i) => value + (difference[i] ?? 0))
  for (const params of [undefined, given]) {
    const { loss, count } = await webgpu.evaluate(others, params)
    expect(loss).toBeCloseTo((await cpu.evaluate(others, params)).loss, 4)
    expect(count).toBe(20 * context)
    const shares = await cpu.predict(others.inputs, params)
    const same = await webgpu.predict(others.inputs, params)
    expect(same.length).toBe(20 * 256)
    expect(distance(same, shares) / norm(shares)).toBeLessThan(1e-4)
  }
  webgpu.dispose()
  cpu.dispose()
})
