import fc from 'fast-check'
import { expect, test } from 'vitest'
import { float16Bits, float16BitsFromAbove, float16Value, packFloat16, unpackFloat16 } from './float16.ts'

const every16 = Array.from({ length: 0x10000 }, (_, bits) => bits)
const isFiniteHalf = (bits: number) => (bits & 0x7c00) !== 0x7c00

test('every float16 comes back as itself', () => {
  for (const bits of every16) {
    if ((bits & 0x7fff) > 0x7c00) expect(float16Value(bits)).toBeNaN()
    else if (float16Bits(float16Value(bits)) !== bits) expect.fail(`0x${bits.toString(16)}`)
  }
})

test('known values', () => {
  expect(float16Value(0x3c00)).toBe(1)
  expect(float16Value(0xc000)).toBe(-2)
  expect(float16Value(0x7bff)).toBe(65504)
  expect(float16Value(1)).toBe(2 ** -24)
  expect(float16Value(0x3555)).toBeCloseTo(1 / 3, 3)
  expect(float16Bits(65520)).toBe(0x7bff)
  expect(float16Bits(-3e38)).toBe(0xfbff)
  expect(float16Bits(Number.POSITIVE_INFINITY)).toBe(0x7c00)
  expect(float16Bits(2 ** -25)).toBe(0)
  expect(float16Bits(2 ** -25 * 1.001)).toBe(1)
  expect(float16Bits(-0)).toBe(0x8000)
})

test('the nearest float16 is taken, the even one of two equally near', () => {
  const positive = every16.filter((bits) => bits < 0x7bff)
  for (const bits of positive) {
    const low = float16Value(bits)
    const middle = (low + float16Value(bits + 1)) / 2
    const even = bits % 2 === 0 ? bits : bits + 1
    const words = new Uint32Array(Float32Array.of(middle).buffer)
    const around = [-1, 0, 1].map(
      (step) => new Float32Array(Uint32Array.of((words[0] ?? 0) + step).buffer)[0] ?? 0,
    )
    if (around.map(float16Bits).join() !== [bits, even, bits + 1].join()) expect.fail(`after ${low}`)
  }
})

test('arrays are packed and unpacked as single numbers are, in place too', () => {
  const value = fc.float({ noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), (list) => {
      const values = Float32Array.from(list)
      const halves = new Uint16Array(values.length)
      packFloat16(values, halves)
      expect([...halves]).toEqual(list.map(float16Bits))
      const room = new Float32Array(values.length)
      const tail = new Uint16Array(room.buffer, 2 * values.length)
      tail.set(halves)
      expect(unpackFloat16(tail, room)).toBe(true)
      expect([...room]).toEqual([...halves].map(float16Value))
    }),
  )
  const finite = every16.filter(isFiniteHalf)
  const all = new Float32Array(finite.length)
  expect(unpackFloat16(Uint16Array.from(finite), all)).toBe(true)
  expect(finite.every((bits, i) => Object.is(all[i], float16Value(bits)))).toBe(true)
})

test('what is not finite is not unpacked', () => {
  for (const bits of every16.filter((bits) => !isFiniteHalf(bits)))
    expect(unpackFloat16(Uint16Array.of(0, bits), new Float32Array(2))).toBe(false)
})

test('rounding from above never falls below', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 65504, noNaN: true }), (value) => {
      const bits = float16BitsFromAbove(value)
      expect(float16Value(bits)).toBeGreaterThanOrEqual(value)
      if (bits > 0) expect(float16Value(bits - 1)).toBeLessThan(value)
    }),
  )
})
