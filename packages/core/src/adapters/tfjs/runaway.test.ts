import { expect, test } from 'vitest'
import { createRunawayWatch } from './runaway.ts'

const hopeless = 3 * Math.log(10)
const high = 2 * hopeless

/** Which of the slices of 100 steps with these losses are said to have run away. */
function verdicts(losses: readonly number[]): readonly boolean[] {
  const watch = createRunawayWatch(hopeless)
  return losses.map((loss) => watch.ranAway(100, loss))
}

test('a loss that is no number has run away at once', () => {
  expect(verdicts([1, Number.NaN, 1, Number.POSITIVE_INFINITY])).toEqual([false, true, false, true])
})

test('a hopeless loss has run away after 300 steps more, and again 300 after that', () => {
  const told = [false, false, false, true]
  expect(verdicts(Array.from({ length: 8 }, () => high))).toEqual([...told, ...told])
})

test('a loss that falls has not, nor has one that was hopeless for a moment', () => {
  expect(verdicts([16, 8, 4, 2, 1].map((times) => times * high))).not.toContain(true)
  expect(verdicts([high, high, high, 2.3, high, high, high])).not.toContain(true)
  expect(verdicts(Array.from({ length: 9 }, () => 2.3))).not.toContain(true)
})
