import { afterEach, assert, describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../lib/random.ts'
import { distance, norm } from '../../../params/vector.ts'
import type { Examples } from '../../../ports.ts'
import { completeTask } from '../../../task/schema.ts'
import type { CompleteTask, Task } from '../../../task/task.ts'
import { textExamples } from '../../../task/text.ts'
import type { ChoosingResult, ChoosingWish, TrainingResult, TrainingWish } from './compare.worker.ts'

const workers: Worker[] = []
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate()
})

/** Asks a worker, which may sleep: a page's own thread may not. */
function ask<Result>(wish: TrainingWish | ChoosingWish): Promise<Result> {
  const worker = new Worker(new URL('./compare.worker.ts', import.meta.url), { type: 'module' })
  workers.push(worker)
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ result?: Result; error?: string }>) =>
      data.result === undefined ? reject(new Error(data.error)) : resolve(data.result)
    worker.onerror = ({ message }) => reject(new Error(message))
    worker.postMessage(wish)
  })
}

const train = (wish: Omit<TrainingWish, 'type'>) => ask<TrainingResult>({ type: 'train', ...wish })

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

const fewPictures = { task: convolutions, examples: pictures(40) }

test('where a helper is gone, training goes on alone and comes to the same', async () => {
  const wish = { ...fewPictures, steps: 20 }
  const alone = await train({ ...wish, threads: 1 })
  const left = await train({ ...wish, threads: 2, killing: true })
  expect(left.adapter).toBe('SIMD, 1 thread')
  expect(distance(left.params, alone.params) / norm(alone.params)).toBeLessThan(1e-4)
})

test('where helpers cannot begin, one thread trains and says why', async () => {
  const { adapter, note } = await train({
    ...fewPictures,
    steps: 4,
    threads: 2,
    script: '/no-such-script.js',
  })
  expect(adapter).toBe('SIMD, 1 thread')
  expect(note).toMatch(/^One thread trains alone: a thread failed: .+\.$/)
})

test('dropout draws other masks in each shard, and the network learns', async () => {
  const task = pictureTask(
    {
      kind: 'layers',
      layers: [
        { type: 'flatten' },
        { type: 'dense', units: 32, activation: 'relu' },
        { type: 'dropout', rate: 0.3 },
      ],
    },
    { optimizer: { kind: 'adam', learningRate: 0.01 }, batchSize: 12 },
  )
  const examples = pictures(24)
  const [begun, trained] = [
    await train({ task, examples, threads: 2, steps: 4 }),
    await train({ task, examples, threads: 2, steps: 200 }),
  ]
  expect(trained.adapter).toBe('SIMD, 2 threads')
  expect(trained.loss).toBeLessThan(0.5 * begun.loss)
})

test('where examples are normed by one another one thread trains', async () => {
  const normed = pictureTask(
    { kind: 'layers', layers: [{ type: 'flatten' }, { type: 'dense', units: 8 }, { type: 'batch-norm' }] },
    convolutions.training,
  )
  const { adapter, note } = await train({ task: normed, examples: pictures(40), steps: 4, threads: 2 })
  expect({ adapter, note }).toEqual({ adapter: 'SIMD, 1 thread', note: undefined })
})

describe('the choice', () => {
  const choose = (wish: Partial<ChoosingWish>) =>
    ask<ChoosingResult>({
      type: 'choose',
      ...fewPictures,
      wanted: 'auto',
      threads: 2,
      past: [9, 4],
      pastThreads: 2,
      ...wish,
    })

  test.each(['auto', 'wasm'] as const)(
    'under %s takes what was faster earlier, and keeps it',
    async (wanted) => {
      const shared = await choose({ wanted })
      expect(shared.adapter).toBe('SIMD, 2 threads')
      expect(shared.laterAdapter).toBe('SIMD, 2 threads')
      expect(shared.why).toMatch(/wasm \(2 threads\): 4\.0 ms a step; wasm: 9\.0 ms a step$/)
      const alone = await choose({ wanted, past: [4, 9] })
      expect([alone.adapter, alone.laterAdapter]).toEqual(['SIMD, 1 thread', 'SIMD, 1 thread'])
    },
  )

  test('tries anew where there may be more threads than then', async () => {
    const { why } = await choose({ past: [0.01, 0.02], threads: 3 })
    expect(why).not.toContain('as tried earlier')
  })

  test('does without helpers that cannot begin, and says so', async () => {
    const { adapter, why } = await choose({ script: '/no-such-script.js' })
    expect(adapter).toBe('SIMD, 1 thread')
    expect(why).toContain('One thread trains alone: a thread failed')
  })
})
