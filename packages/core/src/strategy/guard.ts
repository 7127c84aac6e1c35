/** What the guard remembers: the newest accepted distances (clamped), at most 20. */
export interface GuardState {
  readonly distances: readonly number[]
}

export type Verdict =
  /** Scale the difference by this before it is applied; 1 unless it is longer than usual. */
  { readonly ok: true; readonly scale: number } | { readonly ok: false; readonly reason: 'too-far' }

const kept = 20
const fewest = 4
const rejectFactor = 2
const clampFactor = 1.5

/** How much a merge may raise the loss on own examples, in nats. */
export const lossMargin = 0.5

export const initialGuard: GuardState = { distances: [] }

/**
 * The composite guard's judgement of a difference by its L2 norm alone: with `fewest` distances known, one more
 * than twice the running median is refused and a longer than usual one is scaled down to the median. The ring
 * takes min(distance, 1.5 x median), so that nobody can stretch it quickly. Costs 1 to 6 % of honest merges and
 * no accuracy (docs/algorithms.md). The gate on loss (`lossMargin`) needs the trainer and is applied by the runtime
 * on the difference as it came; scaling comes after.
 */
export function judge({ distances }: GuardState, distance: number): readonly [GuardState, Verdict] {
  const median = distances.length >= fewest ? medianOf(distances) : Number.POSITIVE_INFINITY
  const next = { distances: [...distances, Math.min(distance, clampFactor * median)].slice(-kept) }
  if (distance > rejectFactor * median) return [next, { ok: false, reason: 'too-far' }]
  return [next, { ok: true, scale: distance > median ? median / distance : 1 }]
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
