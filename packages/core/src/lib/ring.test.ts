import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyRing, median, push, type Ring } from './ring.ts'

const fill = (capacity: number, values: readonly number[]): Ring<number> =>
  values.reduce<Ring<number>>(push, emptyRing(capacity))

test('a ring keeps the newest values in order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.array(fc.integer()), (capacity, values) => {
      expect(fill(capacity, values).values).toEqual(values.slice(-capacity))
    }),
  )
})

test('pushing leaves the ring before it alone', () => {
  const before = fill(2, [1, 2])
  push(before, 3)
  expect(before.values).toEqual([1, 2])
})

test('half of the values lie on each side of the median', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const middle = median(values) ?? Number.NaN
      const half = values.length / 2
      expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(half)
      expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(half)
    }),
  )
  expect(median([4, 1, 3])).toBe(3)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([])).toBeUndefined()
})

test('a ring without room is refused', () => {
  expect(() => emptyRing(0)).toThrow(RangeError)
})
