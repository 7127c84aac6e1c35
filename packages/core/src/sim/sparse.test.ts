import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entriesAt, entriesOf, sparseDataset, writeInputs } from './sparse.ts'

const rows = fc.array(
  fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 255 })), { minLength: 6, maxLength: 6 }),
)

test('entries lie in the memory as they are written from dense inputs, each row with its bias', () => {
  fc.assert(
    fc.property(rows, fc.boolean(), fc.nat(5), (list, bytes, at) => {
      const inputs = bytes ? Uint8Array.from(list.flat()) : Float32Array.from(list.flat())
      const dataset = sparseDataset({ inputs, labels: new Uint8Array(list.length), shape: [2, 3, 1] })
      const { floats, words } = dataset.kernels
      for (const [row, values] of list.entries()) {
        const dense = new Float32Array(20)
        const memory = { floats: dense, words: new Uint32Array(dense.buffer) }
        const count = writeInputs(memory, at, inputs, 6 * row, 6)
        expect(entriesOf(dataset, row)).toBe(count)
        const start = entriesAt(dataset, row) / 4
        expect(floats.slice(start, start + 2 * count + 2)).toEqual(dense.slice(at, at + 2 * count + 2))
        const entries = Array.from({ length: count + 1 }, (_, i) => [
          words[start + 2 * i],
          Math.round((floats[start + 2 * i + 1] ?? 0) * (bytes && i < count ? 255 : 1)),
        ])
        expect(entries).toEqual([...[...values.entries()].filter(([, value]) => value !== 0), [6, 1]])
      }
    }),
    { numRuns: 50 },
  )
})

test('columns of wide rows are whole, and labels must match', () => {
  const inputs = new Float32Array(70_000)
  inputs[69_999] = 1
  const dataset = sparseDataset({ inputs, labels: Uint8Array.of(0), shape: [70_000] })
  expect([...dataset.kernels.words.subarray(0, 4)].filter((_, i) => i % 2 === 0)).toEqual([69_999, 70_000])
  expect(() => sparseDataset({ inputs, labels: new Uint8Array(2), shape: [70_000] })).toThrow(RangeError)
})
