import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainVectorLoops } from './plain-vector-loops.ts'
import { simdVectorLoops } from './simd-vector-loops.ts'
import {
  allFinite,
  axpy,
  difference,
  distance,
  lerp,
  move,
  norm,
  products,
  subtract,
  vectorHash,
} from './vector.ts'

const { fround } = Math

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
      expect(norm(difference(a, b))).toBe(distance(a, b))
      expect(subtract(a.slice(), b)).toBe(distance(a, b))
    }),
  )
})

test('axpy and lerp change their first vector only', () => {
  fc.assert(
    fc.property(pair, fc.float({ min: 0, max: 1, noNaN: true }), ([a, b], share) => {
      const [sum, between, theirs] = [a.slice(), a.slice(), b.slice()]
      axpy(sum, share, b)
      lerp(between, b, share)
      for (let i = 0; i < a.length; i++) {
        const [x, y] = [a[i] ?? 0, b[i] ?? 0]
        expect(sum[i]).toBe(fround(x + fround(share * y)))
        expect(between[i]).toBe(fround(x + fround(share * fround(y - x))))
      }
      expect(b).toEqual(theirs)
    }),
  )
})

test('a move takes its share, and the follower goes part of the way to where it leads', () => {
  const d = Float32Array.of(1, -2, 4)
  const follower = Float32Array.of(0, 8, 1)
  move(d, follower, Float32Array.of(1, 1, 1), { scale: 0.5, share: 0.25, serving: 0.5 })
  expect([...d]).toEqual([0.125, -0.25, 0.5])
  expect([...follower]).toEqual([0.75, 4, 2])
})

test('products are those of the first vector and the sum', () => {
  expect(products(Float32Array.of(1, 2), Float32Array.of(3, -1))).toEqual([4 + 2, 1 + 4, 16 + 1])
})

test('SIMD loops give the bits of plain ones, however long the vectors are', () => {
  const simd = simdVectorLoops() ?? expect.fail('no WebAssembly SIMD')
  const wave = (length: number, seed: number) =>
    Float32Array.from({ length }, (_, i) => Math.sin(i * seed + 1))
  for (const length of [0, 1, 3, 16, 17, 4_095, 4_096, 4_097, 8_192, 10_001]) {
    const vectors = () => [wave(length, 1.1), wave(length, 1.3), wave(length, 1.7)] as const
    const [results, expected] = [simd, plainVectorLoops].map((loops) => {
      const [a, b, c] = vectors()
      const sums = [
        loops.squares(a),
        loops.squaresBetween(a, b),
        ...loops.products(a, b),
        loops.subtract(a, c),
      ]
      loops.axpy(b, 0.3, c)
      loops.lerp(c, a, 0.7)
      loops.move(a, b, c, { scale: 0.9, share: 0.35, serving: 0.1 })
      return { sums, hashes: [a, b, c].map(vectorHash) }
    })
    expect(results).toEqual(expected)
  }
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
