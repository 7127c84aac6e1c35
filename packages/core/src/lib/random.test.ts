import { expect, test } from 'vitest'
import { derivedSeed, integer, normal, seededRandom, shuffle } from './random.ts'

test('one seed gives one sequence, another seed another', () => {
  const draw = (seed: number) => Array.from({ length: 8 }, seededRandom(seed).next)
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
})

test('numbers are uniform in [0, 1)', () => {
  const random = seededRandom(3)
  const bins = new Array<number>(10).fill(0)
  for (let i = 0; i < 100_000; i++) {
    const value = random.next()
    expect(value >= 0 && value < 1).toBe(true)
    bins[Math.floor(value * 10)] = (bins[Math.floor(value * 10)] ?? 0) + 1
  }
  for (const bin of bins) expect(Math.abs(bin - 10_000)).toBeLessThan(500)
})

test('normal draws have mean 0 and variance 1', () => {
  const random = seededRandom(5)
  const draws = Array.from({ length: 50_000 }, () => normal(random))
  const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length
  expect(Math.abs(mean)).toBeLessThan(0.02)
  expect(draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length).toBeCloseTo(1, 1)
})

test('shuffling permutes', () => {
  const shuffled = shuffle(
    Array.from({ length: 50 }, (_, i) => i),
    seededRandom(1),
  )
  expect(shuffled).not.toEqual([...shuffled].sort((a, b) => a - b))
  expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
  expect(integer(seededRandom(2), 3)).toBeLessThan(3)
})

test('derived seeds differ by label', () => {
  expect(derivedSeed(1, 'a')).not.toBe(derivedSeed(1, 'b'))
  expect(derivedSeed(1, 'a')).toBe(derivedSeed(1, 'a'))
})
