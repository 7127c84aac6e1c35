import { median, push } from '../lib/ring.ts'
import type { PeerId } from '../ports.ts'
import type { NodeState } from './state.ts'

const fewestSteps = 2
/** What exchanges cost is no reason to wait for more steps than these, unless they take less time than that: peers with different classes need one another. */
const patientSteps = 60
const patientMs = 300
/** Share of training time that exchanges take, what goes on around them not counted: with that it is less than 3 %. */
const timeShare = 0.02
/** In the mean a peer makes one offer, merges its answer, and answers one neighbour. */
const operationsPerExchange = 3
/** Where all peers are alike, everyone is asked once between own exchanges. */
const answersPerExchange = 1.5
/** Share of the time that the link to a neighbour may be in use. */
const linkShare = 1 / 3

/**
 * Steps between exchanges. With 'auto': as few as keep the time that exchanges take from training at 2 %, at
 * least 2, at most 60 or as many as take 0.3 seconds. (`restMs` keeps the link free, and no exchange begins while weights are on their way.)
 */
export function cadence(state: NodeState): number {
  const { config, stepMs, weightsMs } = state
  const { everySteps, pace } = config.gossip
  if (everySteps !== 'auto') return pace === 'time' ? paced(state, everySteps) : everySteps
  if (stepMs === undefined || weightsMs === undefined) return 10
  return Math.min(
    Math.max(patientSteps, Math.ceil(patientMs / stepMs)),
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

/** Answers that may come at once. */
const mostAnswers = 8

/** Steps were made: so many more answers may come between them. */
export const answersAfter = (state: NodeState, steps: number): number =>
  Math.min(mostAnswers, state.answersLeft + (answersPerExchange * steps) / cadence(state))

/**
 * Whether an answer may hold up training. With 'auto' a peer for which exchanges are dear beside its steps asks rarely,
 * but those for which they are cheap would ask it all the time. Where answers are scarce they go to someone else than
 * the last time: a neighbour that asks incessantly gets no more than every other one.
 */
export function hasTimeToAnswer({ config, status, answersLeft, neighbours }: NodeState, to: PeerId): boolean {
  if (config.gossip.everySteps !== 'auto' || status !== 'training') return true
  if (answersLeft < 1) return false
  const last = Math.max(...neighbours.map(({ exchangedMs }) => exchangedMs))
  const asker = neighbours.find(({ id }) => id === to)
  return answersLeft >= mostAnswers / 2 || neighbours.length === 1 || asker?.exchangedMs !== last
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
