import { emptyRing, median, push, type Ring } from '../lib/ring.ts'

/** What the guard remembers: the newest accepted distances (clamped), at most 20. */
export interface GuardState {
  readonly distances: Ring<number>
}

export type Verdict =
  /** Scale the difference by this before it is applied; 1 unless it is longer than usual. */
  { readonly ok: true; readonly scale: number } | { readonly ok: false; readonly reason: 'too-far' }

const kept = 20
const fewest = 4
const rejectFactor = 2
const clampFactor = 1.5

/**
 * How much a merge may raise the training loss (logit adjustment included) on own examples, in nats. Measured on
 * the adjusted loss: on the plain one, three peers without a common class refuse one another for ever.
 */
export const lossMargin = 0.5

export const initialGuard: GuardState = { distances: emptyRing(kept) }

/**
 * The composite guard's judgement of a difference by its L2 norm alone: with `fewest` distances known, one more
 * than twice the running median is refused and a longer than usual one is scaled down to the median. The ring
 * takes min(distance, 1.5 x median), so that nobody can stretch it quickly. Costs 1 to 6 % of honest merges and
 * no accuracy (docs/algorithms.md). The gate on loss (`lossMargin`) needs the trainer and is applied by the runtime
 * on the difference as it came; scaling comes after.
 */
export function judge({ distances }: GuardState, distance: number): readonly [GuardState, Verdict] {
  const usual = distances.values.length >= fewest ? median(distances.values) : undefined
  const limit = usual ?? Number.POSITIVE_INFINITY
  const next = { distances: push(distances, Math.min(distance, clampFactor * limit)) }
  if (distance > rejectFactor * limit) return [next, { ok: false, reason: 'too-far' }]
  return [next, { ok: true, scale: distance > limit ? limit / distance : 1 }]
}
