import { emptyRing, median, push, quantile, type Ring } from '../lib/ring.ts'

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
/** Neighbours that are far away but make up more than a third are taken for honest and different. */
const farShare = 2 / 3

/**
 * How much a merge may raise the training loss (logit adjustment included) on own examples, in nats. Measured on
 * the adjusted loss: on the plain one, three peers without a common class refuse one another for ever.
 */
export const lossMargin = 0.5

export const initialGuard: GuardState = { distances: emptyRing(kept) }

/**
 * The composite guard's judgement of a difference by its L2 norm alone, once `fewest` distances are known. A longer
 * one than the running median is scaled down to it. One more than twice the running two-thirds quantile is refused:
 * against the median a lone newcomer with other classes would be refused for ever in a room of three, while far
 * senders that are no more than a third stay out. The ring takes min(distance, 1.5 x that quantile), so that nobody
 * stretches it quickly. The gate on loss (`lossMargin`) needs the trainer and is applied by the runtime, on the
 * difference as it came; scaling comes after.
 */
export function judge({ distances }: GuardState, distance: number): readonly [GuardState, Verdict] {
  const { values } = distances
  const isKnown = values.length >= fewest
  const usual = (isKnown ? median(values) : undefined) ?? Number.POSITIVE_INFINITY
  const far = (isKnown ? quantile(values, farShare) : undefined) ?? Number.POSITIVE_INFINITY
  const next = { distances: push(distances, Math.min(distance, clampFactor * far)) }
  if (distance > rejectFactor * far) return [next, { ok: false, reason: 'too-far' }]
  return [next, { ok: true, scale: distance > usual ? usual / distance : 1 }]
}
