import { expect, test } from 'vitest'
import { dropoutMask, dropoutSeeds, saltOf } from './dropout-mask.ts'

test.each([0, 0.2, 0.5, 0.95])('drops a share of %d and keeps the mean', (rate) => {
  const mask = dropoutMask(100_000, rate, 7)
  const kept = mask.filter((value) => value !== 0)
  expect(kept.length / mask.length).toBeCloseTo(1 - rate, 2)
  expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - rate))]))
})

test('layers and steps drop independently, and the same for one seed', () => {
  const next = dropoutSeeds(3)
  const [first, second] = [next(), next()]
  const masks = [first, second, first ^ saltOf(0), first ^ saltOf(1)].map((seed) =>
    dropoutMask(20_000, 0.5, seed),
  )
  for (const [i, a] of masks.entries())
    for (const b of masks.slice(i + 1)) {
      const equal = a.filter((value, place) => value === b[place]).length
      expect(equal / a.length).toBeCloseTo(0.5, 1)
    }
  expect(dropoutSeeds(3)()).toBe(first)
  expect(dropoutSeeds(4)()).not.toBe(first)
})
