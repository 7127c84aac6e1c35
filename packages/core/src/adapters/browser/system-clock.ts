import type { Clock } from '../../ports.ts'

/** Timers take a 32-bit delay; anything longer would run at once. */
const longestMs = 2 ** 31 - 1

/** The time of this page or process. Hidden tabs run timers late, down to once a minute. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, ms), longestMs))
    return () => clearTimeout(timer)
  },
}
