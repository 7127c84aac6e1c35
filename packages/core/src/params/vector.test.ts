import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allFinite, axpy, difference, distance, lerp, norm, vectorHash } from './vector.ts'

const floats = (length: number) =>
  fc.array(fc.float({ noNaN: true, min: -1000, max: 1000 }), { minLength: length, maxLength: length })
const pair = fc
  .nat(40)
  .chain((length) => fc.tuple(floats(length), floats(length)))
  .map(([a, b]) => [Float32Array.from(a), Float32Array.from(b)] as const)

test('norm and distance agree with their definitions', () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      expect(norm(a)).toBeCloseTo(Math.hypot(...a), 6)
      expect(distance(a, b)).toBeCloseTo(Math.hypot(...a.map((x, i) => x - (b[i] ?? 0))), 2)
      expect(distance(a, b)).toBe(distance(b, a))
      expect(distance(a, a)).toBe(0)
      expect(norm(difference(a, b))).toBeCloseTo(distance(a, b), 2)
    }),
  )
})

test('axpy and lerp change their first vector only', () => {
  fc.assert(
    fc.property(pair, fc.double({ min: 0, max: 1, noNaN: true }), ([a, b], share) => {
      const sum = a.slice()
      axpy(sum, share, b)
      const between = a.slice()
      lerp(between, b, share)
      for (let i = 0; i < a.length; i++) {
        const [x, y] = [a[i] ?? 0, b[i] ?? 0]
        expect(sum[i]).toBe(Math.fround(x + share * y))
        expect(between[i]).toBe(Math.fround(x + share * (y - x)))
      }
    }),
  )
})

test('one NaN or infinity anywhere is seen', () => {
  fc.assert(
    fc.property(
      floats(20),
      fc.nat(19),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
      (values, index, bad) => {
        const vector = Float32Array.from(values)
        expect(allFinite(vector)).toBe(true)
        vector[index] = bad
        expect(allFinite(vector)).toBe(false)
      },
    ),
  )
  expect(allFinite(new Float32Array(0))).toBe(true)
  expect(allFinite(Float32Array.of(3e38, -3e38, -0))).toBe(true)
})

test('a hash tells vectors apart by any bit, and not by where they lie', () => {
  fc.assert(
    fc.property(floats(20), fc.nat(19), fc.nat(31), (values, index, bit) => {
      const vector = Float32Array.from(values)
      const shifted = new Float32Array(23).subarray(3)
      shifted.set(vector)
      expect(vectorHash(shifted)).toBe(vectorHash(vector))
      const words = new Uint32Array(shifted.buffer, shifted.byteOffset)
      words[index] = (words[index] ?? 0) ^ (1 << bit)
      expect(vectorHash(shifted)).not.toBe(vectorHash(vector))
    }),
  )
  expect(vectorHash(new Float32Array(1))).not.toBe(vectorHash(new Float32Array(2)))
})
