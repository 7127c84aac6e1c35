import type { Transition } from './effect.ts'
import type { Moment, NodeEvent, Trained } from './event.ts'
import { onViolation } from './on-peer.ts'
import type { NodeState } from './state.ts'
import { counted, neighbourOf, withNeighbour } from './state.ts'

const smoothing = 0.2
const smoothed = (average: number, value: number): number =>
  average === 0 ? value : average + smoothing * (value - average)

export function onTrained(state: NodeState, event: Trained): Transition<NodeState> {
  return [
    {
      ...state,
      busy: false,
      steps: state.steps + event.steps,
      samplesSeen: state.samplesSeen + event.samples,
      stepsSinceExchange: state.stepsSinceExchange + event.steps,
      loss: event.loss,
      stepMs: smoothed(state.stepMs, event.tookMs / event.steps),
    },
    [],
  ]
}

export const onOffered = (state: NodeState, tookMs: number): Transition<NodeState> => [
  { ...state, busy: false, weightsMs: smoothed(state.weightsMs, tookMs) },
  [],
]

export function onMerged(
  before: NodeState,
  { from, outcome, tookMs }: Extract<NodeEvent, { type: 'merged' }>,
  { nowMs }: Moment,
): Transition<NodeState> {
  const state = { ...before, busy: false, weightsMs: smoothed(before.weightsMs, tookMs) }
  const neighbour = neighbourOf(state, from)
  const name = neighbour?.name ?? ''
  switch (outcome.type) {
    case 'accepted': {
      const merges = state.merges + 1
      const merged = withNeighbour({ ...state, merges, ...noted(state, from, outcome.distance) }, from, {
        mergedMs: nowMs,
        refusals: (neighbour?.refusals ?? 0) / 2,
      })
      return [merged, [{ type: 'tell', news: { type: 'merged', peer: from, name, count: merges } }]]
    }
    case 'adopted':
      return [
        withNeighbour({ ...state, steps: Math.max(1, state.steps) }, from, { mergedMs: nowMs }),
        [{ type: 'tell', news: { type: 'adopted', peer: from, name } }],
      ]
    case 'refused': {
      const refused = withNeighbour(counted(state, outcome.reason), from, {
        refusals: (neighbour?.refusals ?? 0) + 1,
      })
      return [
        refused,
        [{ type: 'tell', news: { type: 'rejected', peer: from, name, reason: outcome.reason } }],
      ]
    }
    case 'violation':
      return onViolation(state, from, outcome.reason, nowMs)
    case 'late':
      return [counted(state, 'late'), []]
  }
}

const noted = (
  { settling }: NodeState,
  from: string,
  distance: number,
): Pick<NodeState, 'settling'> | object =>
  settling === undefined
    ? {}
    : { settling: { ...settling, distances: { ...settling.distances, [from]: distance } } }

export function onSettled({ settling: _, ...state }: NodeState): Transition<NodeState> {
  return [
    { ...state, busy: false, status: 'paused' },
    [{ type: 'tell', news: { type: 'status', status: 'paused' } }],
  ]
}
