import { expect, test } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import { distance } from '../params/vector.ts'
import { type Attack, attacks, poison } from './attack.ts'

const start = Float32Array.of(1, 1, 1, 1)
const own = Float32Array.of(2, 3, 0, 1)
const honest = [Float32Array.of(2, 2, 1, 1), Float32Array.of(4, 2, 1, 3)]
const sent = (attack: Attack): number[] => [...poison(attack, { own, start, honest }, seededRandom(1))]

test('each attack sends what its formula says', () => {
  expect(sent('sign-flip')).toEqual([-2, -3, -0, -1])
  expect(sent('update-flip')).toEqual([0, -1, 2, 1])
  expect(sent('scaling')).toEqual([20, 30, 0, 10])
  expect(sent('inner-product')).toEqual([-1, 0, 1, 0])
  expect(sent('a-little-is-enough')).toEqual([2, 2, 1, 1])
  expect(sent('nan').every(Number.isNaN)).toBe(true)
  expect(sent('label-flip')).toEqual([...own])
})

test('noise is wide, and none of the attacks writes into what it was given', () => {
  const wide = poison('noise', { own: new Float32Array(4_000), start, honest }, seededRandom(1))
  expect(Math.sqrt(wide.reduce((sum, x) => sum + x * x, 0) / wide.length)).toBeCloseTo(0.5, 1)
  for (const attack of attacks) sent(attack)
  expect([...own, ...start]).toEqual([2, 3, 0, 1, 1, 1, 1, 1])
})

test('undertow pulls the honest mean back, from no further than honest peers are apart times 1.2', () => {
  const mean = Float32Array.of(3, 2, 1, 2)
  const pull = poison('undertow', { own, start, honest }, seededRandom(1))
  // Both are sqrt 2 from the mean, so honest peers are 2 apart by sqrt(2) sqrt(2).
  expect(distance(pull, mean)).toBeCloseTo(1.2 * 2, 5)
  const along = pull.reduce(
    (sum, value, i) => sum + (value - (mean[i] ?? 0)) * ((mean[i] ?? 0) - (start[i] ?? 0)),
    0,
  )
  expect(along).toBeLessThan(0)
})
