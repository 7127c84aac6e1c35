import { afterEach, assert, describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../lib/random.ts'
import { distance, norm } from '../../../params/vector.ts'
import type { Examples } from '../../../ports.ts'
import { completeTask } from '../../../task/schema.ts'
import type { CompleteTask, Task } from '../../../task/task.ts'
import { textExamples } from '../../../task/text.ts'
import type { TrainingResult, TrainingWish } from './compare.worker.ts'

const workers: Worker[] = []
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate()
})

/** Trains in a worker, which may sleep: a page's own thread may not. */
function train(wish: Omit<TrainingWish, 'type'>): Promise<TrainingResult> {
  const worker = new Worker(new URL('./compare.worker.ts', import.meta.url), { type: 'module' })
  workers.push(worker)
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ result?: TrainingResult; error?: string }>) =>
      data.result === undefined ? reject(new Error(data.error)) : resolve(data.result)
    worker.onerror = ({ message }) => reject(new Error(message))
    worker.postMessage({ type: 'train', ...wish } satisfies TrainingWish)
  })
}

function pictures(count: number): Examples {
  const random = seededRandom(3)
  return {
    inputs: Float32Array.from({ length: count * 144 }, (_, i) => normal(random) + (i % 7) * 0.1),
    labels: Uint8Array.from({ length: count }, (_, i) => i % 3),
    shape: [12, 12, 1],
  }
}

const pictureTask = (model: Task['model'], training: Task['training']): CompleteTask =>
  completeTask({
    version: 1,
    name: 'shared',
    data: { kind: 'image', shape: [12, 12, 1], classes: ['a', 'b', 'c'] },
    model,
    training,
    seed: 1,
  })

const convolutions = pictureTask(
  { kind: 'cnn', filters: [4, 8], hidden: [16] },
  { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 14 },
)

const letters = completeTask({
  version: 1,
  name: 'letters',
  data: { kind: 'text', context: 16, vocabulary: 'bytes' },
  model: { kind: 'transformer', width: 16, heads: 2, blocks: 1 },
  training: { optimizer: { kind: 'adam', learningRate: 0.01 }, batchSize: 7 },
  seed: 1,
})
assert(letters.data.kind === 'text')

const cases: readonly (readonly [string, CompleteTask, Examples])[] = [
  ['a convolutional network, clipped and adjusted', convolutions, pictures(40)],
  [
    'a perceptron under AdamW',
    pictureTask(
      { kind: 'mlp', hidden: [20] },
      { optimizer: { kind: 'adamw', learningRate: 0.01, weightDecay: 0.01 }, batchSize: 5 },
    ),
    pictures(33),
  ],
  [
    'a transformer',
    letters,
    textExamples('the cat sat on the mat and the dog sat on the log. '.repeat(20), letters.data),
  ],
]

describe.each(cases)('%s', (_, task, examples) => {
  test.each([2, 3])(
    'on %i threads comes to what one thread comes to, and leaves nothing behind',
    async (threads) => {
      const alone = await train({ task, examples, threads: 1, steps: 20 })
      const shared = await train({ task, examples, threads, steps: 20 })
      expect(alone.adapter).toBe('SIMD, 1 thread')
      expect(shared.adapter).toBe(`SIMD, ${threads} threads`)
      expect(distance(shared.params, alone.params) / norm(alone.params)).toBeLessThan(1e-4)
      expect(shared.loss / alone.loss).toBeCloseTo(1, 3)
      expect(shared.leaked).toBe(0)
    },
  )
})

test('where a helper is gone, training goes on alone and comes to the same', async () => {
  const wish = { task: convolutions, examples: pictures(40), steps: 20 }
  const alone = await train({ ...wish, threads: 1 })
  const left = await train({ ...wish, threads: 2, killing: true })
  expect(distance(left.params, alone.params) / norm(alone.params)).toBeLessThan(1e-4)
})

test('helpers that cannot begin are an error with a reason', async () => {
  const wish = { task: convolutions, examples: pictures(40), steps: 20, threads: 2 }
  await expect(train({ ...wish, script: '/no-such-script.js' })).rejects.toThrow('wasm: a thread failed')
})

test('there are never more threads than examples in a batch, and one where examples are normed by one another', async () => {
  const small = { ...convolutions, training: { ...convolutions.training, batchSize: 2 } }
  const few = await train({ task: small, examples: pictures(40), steps: 4, threads: 4 })
  expect(few.threads).toBe(2)
  const normed = pictureTask(
    { kind: 'layers', layers: [{ type: 'flatten' }, { type: 'dense', units: 8 }, { type: 'batch-norm' }] },
    convolutions.training,
  )
  expect((await train({ task: normed, examples: pictures(40), steps: 4, threads: 2 })).threads).toBe(1)
})
