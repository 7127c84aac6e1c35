import { median, push } from '../lib/ring.ts'
import type { NodeState } from './state.ts'

const fewestSteps = 2
const mostSteps = 50
/** Share of training time that exchanges may take. */
const timeShare = 0.03
/** In the mean a peer makes one offer, merges its answer, and answers one neighbour. */
const operationsPerExchange = 3
/** Share of the time that the link to a neighbour may be in use. */
const linkShare = 1 / 3

/**
 * Steps between exchanges. With 'auto': as few as keep the time that exchanges take from training under 3 %,
 * between 2 and 50. (`restMs` keeps the link free, and no exchange begins while weights are on their way.)
 */
export function cadence(state: NodeState): number {
  const { config, stepMs, weightsMs } = state
  const { everySteps, pace } = config.gossip
  if (everySteps !== 'auto') return pace === 'time' ? paced(state, everySteps) : everySteps
  if (stepMs === undefined || weightsMs === undefined) return 10
  return Math.min(
    mostSteps,
    Math.max(fewestSteps, Math.ceil((operationsPerExchange * weightsMs) / (timeShare * stepMs))),
  )
}

/** A peer that claims to be faster than this many times own speed counts as that: or claims could make others flood the room. */
const mostTimesOwn = 10

/**
 * Steps in proportion to speed, so that all peers exchange after the same time: everySteps x the time of a step on the
 * fastest peer around / own (DyLU, Liu et al. 2024, arXiv 2401.09135; FedCompass, Li et al. 2023, arXiv 2309.14675).
 */
function paced({ stepMs, neighbours }: NodeState, everySteps: number): number {
  if (stepMs === undefined) return everySteps
  const fastestMs = Math.min(stepMs, ...neighbours.map((neighbour) => neighbour.stepMs ?? stepMs))
  return Math.max(1, Math.round(everySteps * Math.max(1 / mostTimesOwn, fastestMs / stepMs)))
}

/** Steps of the next slice: what fits into `sliceMs`, but not past the next exchange; one before the first timing. */
export function sliceSteps({ config, stepMs, everySteps, stepsSinceExchange }: NodeState): number {
  const fitting = stepMs === undefined ? 1 : Math.max(1, Math.floor(config.sliceMs / stepMs))
  const untilExchange = everySteps - stepsSinceExchange
  return Math.min(fitting, untilExchange > 0 ? untilExchange : everySteps)
}

/** How long an answer is waited for: max(2 s, 3 x the median round trip of exchanges). */
export const patienceMs = (state: NodeState): number => Math.max(2_000, 3 * medianRoundTripMs(state))

/** With 'auto', the time between exchanges that leaves the link free two thirds of the time. */
export const restMs = (state: NodeState): number =>
  state.config.gossip.everySteps === 'auto' ? medianRoundTripMs(state) / linkShare : 0

const medianRoundTripMs = ({ roundTripsMs }: NodeState): number => median(roundTripsMs.values) ?? 0

export const withRoundTrip = (state: NodeState, tookMs: number): NodeState => ({
  ...state,
  roundTripsMs: push(state.roundTripsMs, tookMs),
})
