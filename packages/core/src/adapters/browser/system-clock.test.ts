import { expect } from 'vitest'
import { clockSuite } from '../../testing/clock-suite.ts'
import { systemClock } from './system-clock.ts'

clockSuite('system', () => ({
  clock: systemClock,
  until: (condition) => expect.poll(condition, { interval: 2, timeout: 10_000 }).toBe(true),
}))
