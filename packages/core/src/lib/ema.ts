/** An exponential moving average: `undefined` before its first sample. */
export type Ema = number | undefined

/** The average after one more sample: a + weight (sample - a); the first sample is taken whole. `weight` in (0, 1]. */
export const withSample = (average: Ema, sample: number, weight: number): number =>
  average === undefined ? sample : average + weight * (sample - average)

/** The weight of a sample that came `elapsedMs` after the one before, so that old ones count half after `halfLifeMs`. */
export const weightAfter = (elapsedMs: number, halfLifeMs: number): number =>
  1 - 2 ** (-elapsedMs / halfLifeMs)
