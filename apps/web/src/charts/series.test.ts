import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSeries } from './series.ts'
import { smooth } from './smooth.ts'

const filled = (values: readonly number[], capacity: number) => {
  const series = createSeries(capacity)
  values.forEach((value, i) => {
    series.append({ steps: i, seconds: i / 10, value })
  })
  return series
}

test('stays within its capacity and keeps count, mean, extremes and the last moment', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 600 }),
      fc.integer({ min: 2, max: 40 }),
      (values, capacity) => {
        const buckets = filled(values, capacity).buckets()
        const count = buckets.reduce((sum, bucket) => sum + bucket.count, 0)
        const mean = buckets.reduce((sum, bucket) => sum + bucket.mean * bucket.count, 0) / count
        expect(buckets.length).toBeLessThanOrEqual(capacity)
        expect(count).toBe(values.length)
        expect(mean).toBeCloseTo(values.reduce((a, b) => a + b) / count, 4)
        expect(Math.min(...buckets.map(({ min }) => min))).toBe(Math.min(...values))
        expect(Math.max(...buckets.map(({ max }) => max))).toBe(Math.max(...values))
        expect(buckets.at(-1)?.steps).toBe(values.length - 1)
        buckets.forEach((bucket, i) => {
          expect(bucket.steps).toBeGreaterThan(buckets[i - 1]?.steps ?? -1)
        })
      },
    ),
  )
})

test('uses at least half of its capacity once it is full', () => {
  expect(filled(Array(1000).fill(1), 100).buckets().length).toBeGreaterThanOrEqual(50)
})

test('leaves out what is not finite', () => {
  const series = filled([Number.NaN, 1, Number.POSITIVE_INFINITY], 10)
  expect(series.buckets().map(({ mean }) => mean)).toEqual([1])
  expect(series.last()?.value).toBe(1)
})

test('smoothing keeps constants, does nothing at weight 0, and approaches a jump from below', () => {
  expect(smooth([2, 2, 2], 0.9).map((value) => Math.round(value * 1e9) / 1e9)).toEqual([2, 2, 2])
  expect(smooth([1, 5, 3], 0)).toEqual([1, 5, 3])
  const jump = smooth([0, 1, 1, 1], 0.5)
  for (let i = 1; i < jump.length; i++) {
    expect(jump[i]).toBeGreaterThan(jump[i - 1] ?? 0)
    expect(jump[i]).toBeLessThan(1)
  }
})
