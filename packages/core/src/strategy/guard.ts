import { emptyRing, median, push, quantile, type Ring } from '../lib/ring.ts'
import { directionGate } from './direction.ts'
import type { OptionSet, OptionValues } from './options.ts'
import { chain, nothing, type Part } from './part.ts'

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
const leastCosine = 0.2
const leastNormRatio = 0.25
/** Neighbours that are far away but make up more than a third are taken for honest and different. */
const farShare = 2 / 3

export const initialGuard: GuardState = { distances: emptyRing(kept) }

/**
 * The composite guard's judgement of a difference by its L2 norm alone, once `fewest` distances are known. A longer
 * one than the running median is scaled down to it. One more than twice the running two-thirds quantile is refused:
 * against the median a lone newcomer with other classes would be refused for ever in a room of three, while far
 * senders that are no more than a third stay out. The ring takes min(distance, 1.5 x that quantile), so that nobody
 * stretches it quickly.
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

/** The guard by distance alone, as a part. */
export const distanceGuard: Part<GuardState> = {
  init: () => initialGuard,
  propose: (state, move) => {
    const [next, verdict] = judge(state, move.distance)
    return verdict.ok
      ? [next, { type: 'move', ...move, scale: move.scale * verdict.scale }]
      : [next, { type: 'refused', reason: verdict.reason }]
  },
}

const fewestMargin = 0.25
const fewestUsual = 0.01

/**
 * A gate on loss whose margin is twice the two-thirds quantile of what merges raised the loss by lately, at least 0.25
 * and at most `most` nats. Peers without a common class raise one another's loss by much, others by little: a fixed
 * margin that lets the first learn lets models with false labels into the rooms of the second.
 *
 * A move that passes but raises the loss by more than the median of late (at least 0.01 nats) counts for less, in
 * proportion. Poison that keeps inside every limit has to harm in order to work: replayed old models raise the loss
 * five times as much as honest ones do, and among honest peers of any split the mean accuracy moves by less than 0.002.
 */
export const usualLossGate = (most: number): Part<Ring<number>> => ({
  init: () => emptyRing(kept),
  propose: (increases, move) => {
    const { values } = increases
    const usual = values.length >= fewest ? quantile(values, farShare) : undefined
    const margin = Math.min(most, Math.max(fewestMargin, rejectFactor * (usual ?? most)))
    const common = values.length >= fewest ? median(values) : undefined
    const whole = common === undefined ? {} : { usual: Math.max(fewestUsual, common) }
    return [increases, { type: 'move', ...move, lossGate: { factor: 1, margin, ...whole } }]
  },
  weighed: (increases, increase) =>
    push(increases, Number.isFinite(increase) ? Math.min(increase, most) : most),
})

/**
 * The composite guard: the gate on distance, then the gate on loss, both against what is usual here. The latter is checked on the difference as it
 * came; scaling comes after (the other way round is worse). Costs one more pass and two probes of 32 examples a
 * merge; 1 to 6 % of honest models are refused, without loss of accuracy. Fails against more than a third of bad
 * neighbours, and against models that are poisoned without being far away or bad on own examples.
 */
export const compositeGuard = (lossMargin: number): Part<readonly unknown[]> =>
  chain(directionGate(leastCosine, leastNormRatio), distanceGuard, usualLossGate(lossMargin))

/** What the strategies with the composite guard are tuned by. */
export const guardOptions: OptionSet<'guard' | 'lossMargin'> = {
  guard: {
    unit: '',
    min: 0,
    max: 1,
    default: 1,
    whole: true,
    describes: '1: models that are too far away or too bad on own examples are refused; 0: all are taken',
  },
  lossMargin: {
    unit: 'nats',
    min: 0,
    max: 100,
    default: 0.5,
    describes:
      'How much a merge may raise the training loss on own examples at most, where the guard is on; what is usual lowers it, to 0.25',
  },
}

/** The composite guard, or nothing where it is switched off. */
export const guarded = ({ guard, lossMargin }: OptionValues<'guard' | 'lossMargin'>): Part<unknown> =>
  guard === 1 ? compositeGuard(lossMargin) : nothing
