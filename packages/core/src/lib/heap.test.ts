import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHeap } from './heap.ts'

test('values come out by key, those of one key in the order they went in', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (keys) => {
      const heap = createHeap<number>()
      for (const [index, key] of keys.entries()) heap.push(key, index)
      const stable = keys.map((_, index) => index).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b)
      expect(keys.map(() => heap.pop())).toEqual(stable)
      expect(heap.pop()).toBeUndefined()
    }),
  )
})

test('pushes and pops may alternate', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 20 }))), (script) => {
      const heap = createHeap<string>()
      let model: { key: number; value: string }[] = []
      for (const [index, key] of script.entries()) {
        if (key === null) {
          const first = model.reduce<(typeof model)[number] | undefined>(
            (best, entry) => (best === undefined || entry.key < best.key ? entry : best),
            undefined,
          )
          expect(heap.smallestKey).toBe(first?.key)
          expect(heap.pop()).toBe(first?.value)
          model = model.filter((entry) => entry !== first)
        } else {
          heap.push(key, `${index}`)
          model.push({ key, value: `${index}` })
        }
        expect(heap.size).toBe(model.length)
      }
    }),
  )
})
