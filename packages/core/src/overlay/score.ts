/**
 * How far a neighbour keeps to the protocol, from 1 (unblemished) down to 0 (dropped and barred for a while).
 * Only violations lower it, by their weight; it mends by 0.01 a second. Refusing a merge for its quality is no
 * violation: honest peers with skewed data are refused now and then.
 */
const weights: Readonly<Record<string, number>> = {
  'not-finite': 0.5,
  'wrong-layout': 1,
  'wrong-task': 1,
  'wrong-version': 1,
  oversized: 0.5,
  flood: 1,
}

const mendedPerSecond = 0.01

export const afterViolation = (score: number, reason: string): number =>
  Math.max(0, score - (weights[reason] ?? 0.25))

export const mended = (score: number, seconds: number): number =>
  Math.min(1, score + mendedPerSecond * seconds)
