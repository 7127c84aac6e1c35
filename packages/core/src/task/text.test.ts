import { describe, expect, test } from 'vitest'
import { elements } from '../params/layout.ts'
import { examplesProblem } from './check-examples.ts'
import { classCount, exampleSize, targetsOf } from './data.ts'
import { adjustmentFor } from './logit-adjustment.ts'
import { initialParameters, layersOf, ModelError, modelLayout } from './models.ts'
import { mnist, text } from './presets.ts'
import { completeTask, parseTask } from './schema.ts'
import type { Task } from './task.ts'
import { type TextSpec, textExamples, tokensOf } from './text.ts'

const letters: TextSpec = { kind: 'text', context: 3, vocabulary: 'abcdé🙂' }
const bytes: TextSpec = { kind: 'text', context: 4, vocabulary: 'bytes' }

describe('examples of text', () => {
  test('are windows side by side, each labelled with what comes after it', () => {
    const { inputs, labels, shape } = textExamples('abcdé🙂abc', letters)
    expect([...inputs]).toEqual([0, 1, 2, 3, 4, 5])
    expect([...labels]).toEqual([3, 0])
    expect(shape).toEqual([3])
  })

  test('may overlap', () => {
    const { inputs, labels } = textExamples('abcdéa', letters, 1)
    expect([...inputs]).toEqual([0, 1, 2, 1, 2, 3, 2, 3, 4])
    expect([...labels]).toEqual([3, 4, 0])
  })

  test('train on the next token of every position', () => {
    expect([...targetsOf(letters, textExamples('abcdé🙂abc', letters))]).toEqual([1, 2, 3, 4, 5, 0])
  })

  test('of bytes are UTF-8', () => {
    expect([...tokensOf('aé', bytes)]).toEqual([97, 195, 169])
    expect(classCount(bytes)).toBe(256)
    expect(exampleSize(bytes)).toBe(4)
  })

  test('say what is wrong with a text', () => {
    expect(() => textExamples('abxab', letters)).toThrow('text[2] is "x", which data.vocabulary lacks')
    expect(() => textExamples('abc', letters)).toThrow(/text holds 3 tokens, but one window takes 3/)
    expect(() => textExamples('abcd', letters, 0)).toThrow(/stride is 0/)
  })

  test('are checked token by token', () => {
    const good = textExamples('abcdabcd', letters)
    expect(examplesProblem(good, letters, 'data.train')).toBeUndefined()
    expect(examplesProblem({ ...good, inputs: Uint8Array.of(0, 1, 6, 0, 1, 2) }, letters, 'data.train')).toBe(
      'data.train.inputs[2] is 6, but tokens are whole numbers from 0 to 5.',
    )
    expect(
      examplesProblem({ ...good, inputs: Float32Array.of(0, 1, 0.5, 0, 1, 2) }, letters, 'train'),
    ).toMatch(/train.inputs\[2\] is 0.5/)
    expect(examplesProblem({ ...good, labels: Uint8Array.of(1, 9) }, letters, 'train')).toMatch(
      /train.labels\[1\] is 9, but labels are whole numbers from 0 to 5/,
    )
    expect(examplesProblem({ ...good, shape: [6] }, letters, 'train')).toBe(
      'train.shape is [6], but the task trains on [3].',
    )
  })
})

describe('a task of text', () => {
  test('has a preset of which every peer starts alike', () => {
    const task = completeTask(text)
    const layout = modelLayout(task)
    expect(layout.size).toBe(137_216)
    expect(layout.fingerprint).toBe(modelLayout(completeTask(text)).fingerprint)
    expect(new Set(layout.tensors.map(({ name }) => name)).size).toBe(layout.tensors.length)
    expect(initialParameters(layout, 1)).toEqual(initialParameters(layout, 1))
    expect(initialParameters(layout, 1)).not.toEqual(initialParameters(layout, 2))
  })

  test('begins with a stream of the same size however many blocks there are', () => {
    const deviation = (blocks: number, wanted: string): number => {
      const model = { kind: 'transformer', width: 64, heads: 4, blocks } as const
      const layout = modelLayout(completeTask({ ...text, model }))
      const params = initialParameters(layout, 3)
      let offset = 0
      for (const { name, shape } of layout.tensors) {
        const size = elements(shape)
        const part = params.subarray(offset, offset + size)
        offset += size
        if (name === wanted) return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / size)
      }
      return Number.NaN
    }
    expect(deviation(2, '0/norm-1/gamma')).toBe(1)
    expect(deviation(2, '1/up/bias')).toBe(0)
    expect(deviation(2, '1/up/kernel')).toBeCloseTo(1 / 8, 2)
    expect(deviation(2, '0/projection/kernel')).toBeCloseTo(1 / 16, 2)
    expect(deviation(8, '7/projection/kernel')).toBeCloseTo(1 / 32, 2)
  })

  test('does not adjust logits by itself', () => {
    expect(completeTask(text).training.logitAdjustment).toBe(false)
    expect(completeTask(mnist).training.logitAdjustment).toBe(true)
    expect(adjustmentFor(completeTask(text), Uint8Array.of(1))).toEqual(new Float32Array(256))
  })

  test('is no row of layers', () => {
    expect(() => layersOf(completeTask(text))).toThrow(ModelError)
  })

  test.each<[Partial<Task>, RegExp]>([
    [{ data: mnist.data }, /^model: a model of kind 'transformer' takes data of kind 'text', not 'image'/],
    [{ model: mnist.model }, /^model: data of kind 'text' takes a model of kind 'transformer', not 'mlp'/],
    [{ data: { kind: 'text', context: 1, vocabulary: 'bytes' } }, /^data.context/],
    [
      { data: { kind: 'text', context: 8, vocabulary: 'abca' } },
      /^data.vocabulary: use 'bytes', or 2 to 256/,
    ],
    [{ data: { kind: 'text', context: 8, vocabulary: 'a' } }, /^data.vocabulary/],
    [
      { model: { kind: 'transformer', width: 20, heads: 2, blocks: 1 } },
      /^model: width is 20, but with 2 heads/,
    ],
    [{ model: { kind: 'transformer', width: 256, heads: 1, blocks: 1 } }, /^model: width is 256, but a head/],
    [{ gossip: { stays: ['haed/bias'] } }, /^gossip.stays: "haed\/bias" is no tensor of this model/],
  ])('refuses %j', (change, reason) => {
    const result = parseTask({ ...text, ...change })
    expect(result.ok ? '' : result.reason).toMatch(reason)
  })
})
