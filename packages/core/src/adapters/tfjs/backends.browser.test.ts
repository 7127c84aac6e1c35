import { memory } from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../lib/random.ts'
import { distance, norm } from '../../params/vector.ts'
import type { Examples } from '../../ports.ts'
import { mnist, mnistCnn } from '../../task/presets.ts'
import { completeTask } from '../../task/schema.ts'
import type { CompleteTask } from '../../task/task.ts'
import { createTfjsTrainer } from './trainer.ts'

const pictures = (count: number): Examples => {
  const random = seededRandom(2)
  return {
    inputs: Uint8Array.from({ length: count * 784 }, () => Math.max(0, 400 * random.next() - 200)),
    labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
    shape: [28, 28, 1],
  }
}

const digits = completeTask(mnist)
const small = completeTask({
  ...mnistCnn,
  model: { kind: 'cnn', filters: [4, 6], hidden: [8] },
  training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 4 },
})

async function trained(backend: 'webgpu' | 'webgl' | 'wasm' | 'cpu', task: CompleteTask, steps: number) {
  const trainer = await createTfjsTrainer({ task, examples: pictures(40), backend, seed: 1 })
  const start = await trainer.read()
  await trainer.train(steps)
  const end = await trainer.read()
  trainer.dispose()
  return { start, end }
}

describe.each(['webgpu', 'webgl', 'wasm'] as const)('%s', (backend) => {
  test('walks where plain JavaScript walks', async () => {
    const expected = await trained('cpu', digits, 3)
    const { start, end } = await trained(backend, digits, 3)
    expect(start).toEqual(expected.start)
    expect(distance(expected.end, start)).toBeGreaterThan(0.01)
    expect(distance(end, expected.end) / distance(expected.end, start)).toBeLessThan(1e-4)
  })

  test('holds no more tensors after 200 steps and 20 merges than after the first of each', async () => {
    const task = completeTask({
      ...mnist,
      model: { kind: 'mlp', hidden: [4] },
      training: { optimizer: { kind: 'adam', learningRate: 0.01 }, batchSize: 4 },
    })
    const examples = pictures(10)
    const before = memory().numTensors
    const trainer = await createTfjsTrainer({ task, examples, backend, seed: 1 })
    const round = async (): Promise<number> => {
      await trainer.train(10)
      const params = await trainer.read()
      await trainer.add(params.map((value) => -0.1 * value))
      await trainer.probe(params)
      await trainer.evaluate(examples, params)
      return memory().numTensors
    }
    const first = await round()
    for (let i = 0; i < 18; i++) await round()
    expect(await round()).toBe(first)
    trainer.dispose()
    expect(memory().numTensors).toBe(before)
  })
})

test.each(['webgpu', 'webgl', 'wasm'] as const)(
  '%s trains convolutions where plain JavaScript does',
  async (backend) => {
    const expected = await trained('cpu', small, 2)
    const { start, end } = await trained(backend, small, 2)
    expect(distance(expected.end, start)).toBeGreaterThan(0.001)
    expect(distance(end, expected.end) / distance(expected.end, start)).toBeLessThan(1e-3)
    expect(norm(end)).toBeGreaterThan(1)
  },
)

test('trains in a module worker, on every backend', async () => {
  // Vitest wraps dynamic imports in a function that only pages have.
  const code = `
    globalThis.__vitest_browser_runner__ = { wrapDynamicImport: (load) => load() }
    const { chooseTrainer } = await import(${JSON.stringify(new URL('./select-backend.ts', import.meta.url).href)})
    self.onmessage = async ({ data }) => {
      try {
        const trainer = await chooseTrainer(data)
        const first = await trainer.train(2)
        const { loss } = await trainer.train(20)
        self.postMessage({ name: trainer.backend().name, why: trainer.backend().why, first: first.loss, loss })
      } catch (error) {
        self.postMessage({ error: String(error) })
      }
    }
    self.postMessage('ready')`
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
  const worker = new Worker(url, { type: 'module' })
  const answer = () =>
    new Promise<unknown>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
    })
  expect(await answer()).toBe('ready')
  for (const wanted of ['wasm', 'webgpu', 'webgl', 'cpu']) {
    worker.postMessage({ task: digits, examples: pictures(40), seed: 1, wanted })
    const told = await answer()
    expect(told).toMatchObject({ name: wanted, why: `${wanted} was asked for` })
    const { first, loss } = told as { readonly first: number; readonly loss: number }
    expect(loss).toBeLessThan(first)
  }
  worker.terminate()
})
