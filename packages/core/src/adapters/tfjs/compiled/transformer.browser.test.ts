import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../lib/random.ts'
import { distance, norm } from '../../../params/vector.ts'
import type { Examples } from '../../../ports.ts'
import { text } from '../../../task/presets.ts'
import { completeTask } from '../../../task/schema.ts'
import type { CompleteTask, Task } from '../../../task/task.ts'
import { textExamples } from '../../../task/text.ts'
import { onRealGpu, openTrainer, stepChanges } from './step-suite.ts'

interface Sizes {
  readonly context: number
  /** Different characters. */
  readonly tokens: number
  readonly width: number
  readonly heads: number
  readonly blocks: number
  readonly batchSize: number
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz .,!'

const taskOf = (sizes: Sizes, training: Partial<Task['training']> = {}): CompleteTask => {
  const { context, tokens, batchSize, ...model } = sizes
  return completeTask({
    ...text,
    data: { kind: 'text', context, vocabulary: alphabet.slice(0, tokens) },
    model: { kind: 'transformer', ...model },
    training: { optimizer: { kind: 'sgd', learningRate: 1 }, clipNorm: 0, batchSize, ...training },
  })
}

/** Windows of a text in which the next character often follows from the last. */
function windowsOf({ data }: CompleteTask, count: number): Examples {
  if (data.kind !== 'text') throw new Error('this is no text')
  const characters = [...data.vocabulary]
  const random = seededRandom(7)
  let place = 0
  const tokens = Array.from({ length: data.context * count + 1 }, () => {
    place =
      random.next() < 0.7
        ? (place * 5 + 3) % characters.length
        : Math.floor(random.next() * characters.length)
    return characters[place]
  })
  return textExamples(tokens.join(''), data)
}

/** A softmax does not care what all keys have in common: their bias has no gradient but noise, which Adam amplifies. */
const comparable = (name: string, change: Float32Array): Float32Array =>
  name.endsWith('/attention/bias')
    ? change.slice().fill(0, change.length / 3, (2 * change.length) / 3)
    : change

async function expectSameChanges(
  task: CompleteTask,
  examples: Examples,
  tolerance: number,
  steps = 1,
): Promise<void> {
  const expected = await stepChanges(await openTrainer(task, examples, 'cpu'), steps)
  const actual = await stepChanges(await openTrainer(task, examples, 'webgpu'), steps)
  expect(actual.loss).toBeCloseTo(expected.loss, 4)
  expect(actual.probes[0]).toBeCloseTo(expected.probes[0], 4)
  for (const [index, { tensor, change: exact }] of expected.parts.entries()) {
    const { name } = tensor
    const change = comparable(name, exact)
    const other = comparable(name, actual.parts[index]?.change ?? new Float32Array(change.length))
    expect(norm(change), name).toBeGreaterThan(0)
    expect(distance(other, change) / norm(change), name).toBeLessThan(tolerance)
  }
}

const even: Sizes = { context: 8, tokens: 28, width: 16, heads: 2, blocks: 2, batchSize: 4 }
const odd: Sizes = { context: 7, tokens: 27, width: 24, heads: 3, blocks: 1, batchSize: 3 }
const least: Sizes = { context: 2, tokens: 2, width: 4, heads: 1, blocks: 1, batchSize: 1 }
const small: Sizes = { ...even, blocks: 1 }

describe.each([even, odd, least])(
  'a step of $blocks blocks of width $width, $heads heads, on $batchSize windows of $context of $tokens tokens',
  (sizes) => {
    test('has the gradients of plain JavaScript', async () => {
      const task = taskOf(sizes)
      const examples = windowsOf(task, 2 * sizes.batchSize + 1)
      await expectSameChanges(task, examples, 1e-4)
      if (sizes !== odd) return
      const floats = { ...examples, inputs: Float32Array.from(examples.inputs) }
      await expectSameChanges(task, floats, 1e-4)
    })
  },
)

test('a block of the preset, on two windows of bytes, has the gradients of plain JavaScript', () => {
  const { data, model } = text
  if (data.kind !== 'text' || model.kind !== 'transformer') throw new Error('this is no text')
  const training = { optimizer: { kind: 'sgd', learningRate: 1 }, clipNorm: 0, batchSize: 2 } as const
  const task = completeTask({ ...text, model: { ...model, blocks: 1 }, training })
  const random = seededRandom(9)
  const bytes = Array.from({ length: 3 * data.context + 1 }, () => String.fromCharCode(128 * random.next()))
  return expectSameChanges(task, textExamples(bytes.join(''), data), 1e-4)
})

test.each([small, odd])('the kernels for real GPUs have those gradients, $tokens tokens', (sizes) => {
  const task = taskOf(sizes)
  return onRealGpu(() => expectSameChanges(task, windowsOf(task, 2 * sizes.batchSize + 1), 1e-4))
})

test.each([
  { optimizer: { kind: 'sgd', learningRate: 0.2 }, clipNorm: 0.05 } as const,
  { optimizer: { kind: 'adam', learningRate: 0.003 }, logitAdjustment: true } as const,
])('three steps of $optimizer.kind go where plain JavaScript goes', (training) => {
  const task = taskOf(small, training)
  return expectSameChanges(task, windowsOf(task, 9), 1e-3, 3)
})

test('200 steps end within a thousandth of plain JavaScript', async () => {
  const task = taskOf(small, { optimizer: { kind: 'sgd', learningRate: 0.1 }, clipNorm: 2 })
  const examples = windowsOf(task, 60)
  const run = async (backend: 'cpu' | 'webgpu') => {
    const trainer = await openTrainer(task, examples, backend)
    const first = await trainer.train(20)
    await trainer.train(160)
    const { loss } = await trainer.train(20)
    const params = await trainer.read()
    const evaluation = await trainer.evaluate(examples)
    trainer.dispose()
    return { first: first.loss, loss, params, evaluation }
  }
  const expected = await run('cpu')
  const actual = await run('webgpu')
  expect(expected.loss).toBeLessThan(0.9 * expected.first)
  expect(actual.loss / expected.loss).toBeCloseTo(1, 3)
  expect(actual.evaluation.loss / expected.evaluation.loss).toBeCloseTo(1, 3)
  expect(distance(actual.params, expected.params) / norm(expected.params)).toBeLessThan(1e-3)
})
