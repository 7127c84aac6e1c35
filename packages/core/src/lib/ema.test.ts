import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Ema, weightAfter, withSample } from './ema.ts'

test('an average lies between its samples', () => {
  const samples = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 })
  fc.assert(
    fc.property(samples, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, weight) => {
      const average = values.reduce<Ema>((before, value) => withSample(before, value, weight), undefined)
      expect(average).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9)
      expect(average).toBeLessThanOrEqual(Math.max(...values) + 1e-9)
    }),
  )
})

test('the first sample counts whole, and one a half-life later counts half', () => {
  expect(withSample(undefined, 8, 0.1)).toBe(8)
  expect(withSample(8, 4, weightAfter(500, 500))).toBe(6)
  expect(weightAfter(0, 500)).toBe(0)
})
