import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sparseDataset, writeExample, writeInputs } from './sparse.ts'

const rows = fc.array(
  fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 255 })), { minLength: 6, maxLength: 6 }),
)

test('rows are written as the same entries from a sparse dataset and from dense inputs', () => {
  fc.assert(
    fc.property(rows, fc.boolean(), fc.nat(5), (list, bytes, at) => {
      const inputs = bytes ? Uint8Array.from(list.flat()) : Float32Array.from(list.flat())
      const dataset = sparseDataset({ inputs, labels: new Uint8Array(list.length), shape: [2, 3, 1] })
      const memory = () => {
        const floats = new Float32Array(20)
        return { floats, words: new Uint32Array(floats.buffer) }
      }
      for (const [row, values] of list.entries()) {
        const [sparse, dense] = [memory(), memory()]
        const count = writeExample(sparse, at, dataset, row)
        expect(writeInputs(dense, at, inputs, 6 * row, 6)).toBe(count)
        expect(sparse.floats).toEqual(dense.floats)
        const entries = Array.from({ length: count }, (_, i) => [
          sparse.words[at + 2 * i],
          Math.round((sparse.floats[at + 2 * i + 1] ?? 0) * (bytes ? 255 : 1)),
        ])
        expect(entries).toEqual([...values.entries()].filter(([, value]) => value !== 0))
      }
    }),
  )
})

test('wide rows have wide columns, and labels must match', () => {
  const inputs = new Float32Array(70_000)
  inputs[69_999] = 1
  const dataset = sparseDataset({ inputs, labels: Uint8Array.of(0), shape: [70_000] })
  expect([...dataset.columns]).toEqual([69_999])
  expect(() => sparseDataset({ inputs, labels: new Uint8Array(2), shape: [70_000] })).toThrow(RangeError)
})
