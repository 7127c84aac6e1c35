import { median, push } from '../lib/ring.ts'
import type { NodeState } from './state.ts'

const fewestSteps = 2
/** What exchanges cost is no reason to wait for more steps than these, unless they take less time than that. */
const patientSteps = 50
const patientMs = 2_000
/** Share of training time that exchanges take, what goes on around them not counted: with that it is less than 3 %. */
const timeShare = 0.025
/** In the mean a peer makes one offer, merges its answer, and answers one neighbour. */
const operationsPerExchange = 3
/** Share of training time that answers may take: half as much again as where all peers are alike. */
const answerShare = (1.5 * timeShare) / operationsPerExchange
/** Answers that may come at once. */
const answerBurst = 8
/** Share of the time that the link to a neighbour may be in use. */
const linkShare = 1 / 3

/**
 * Steps between exchanges. With 'auto': as few as keep the time that exchanges take from training at 2.5 %, at
 * least 2, at most 50 or as many as take 2 seconds. (`restMs` keeps the link free, and no exchange begins while weights are on their way.)
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

/** Training has gone on for `ms`: with 'auto', so much more time may be spent on answers. */
export function withLeisure(state: NodeState, ms: number): NodeState {
  const most = answerBurst * (state.weightsMs ?? 0)
  return { ...state, leisureMs: Math.min(most, state.leisureMs + answerShare * ms) }
}

/** An answer begins. */
export const withoutLeisure = (state: NodeState): NodeState => ({
  ...state,
  leisureMs: state.leisureMs - (state.weightsMs ?? 0),
})

/**
 * Whether another answer may hold up training. A peer for which exchanges are dear beside its steps asks rarely, but those
 * for which they are cheap ask it all the time.
 */
export const hasLeisure = ({ config, status, leisureMs }: NodeState): boolean =>
  config.gossip.everySteps !== 'auto' || status !== 'training' || leisureMs >= 0

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
