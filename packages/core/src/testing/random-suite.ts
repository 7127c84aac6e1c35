import { describe, expect, test } from 'vitest'
import type { Random } from '../ports.ts'

/** What every source of randomness promises. */
export function randomSuite(name: string, create: () => Random): void {
  describe(`random: ${name}`, () => {
    test('numbers lie in [0, 1) and fill it evenly', () => {
      const random = create()
      const bins = new Array<number>(16).fill(0)
      const draws = 64_000
      for (let i = 0; i < draws; i++) {
        const value = random.next()
        expect(value >= 0 && value < 1).toBe(true)
        const bin = Math.floor(value * 16)
        bins[bin] = (bins[bin] ?? 0) + 1
      }
      // Chi-square with 15 degrees of freedom: 60 is passed once in some three million runs.
      const expected = draws / 16
      expect(bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(60)
    })

    test('neighbouring numbers have nothing to do with each other', () => {
      const random = create()
      const draws = Array.from({ length: 50_000 }, () => random.next() - 0.5)
      const product =
        draws.slice(1).reduce((sum, value, i) => sum + value * (draws[i] ?? 0), 0) / draws.length
      // Standard deviation 1/12 / sqrt(50,000) = 0.00037.
      expect(Math.abs(product)).toBeLessThan(0.0022)
    })

    test('two sources do not run in step', () => {
      const [a, b] = [create(), create()]
      const same = Array.from({ length: 100 }, () => a.next() === b.next()).filter(Boolean).length
      expect(same).toBeLessThan(3)
    })
  })
}
