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
export function cadence({ config, stepMs, weightsMs }: NodeState): number {
  const { everySteps } = config.gossip
  if (everySteps !== 'auto') return everySteps
  if (stepMs === undefined || weightsMs === undefined) return 10
  return Math.min(
    mostSteps,
    Math.max(fewestSteps, Math.ceil((operationsPerExchange * weightsMs) / (timeShare * stepMs))),
  )
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
