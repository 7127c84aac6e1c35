import { withSample } from '../lib/ema.ts'
import { answersAfter } from './cadence.ts'
import type { Transition } from './effect.ts'
import type { Moment, NodeEvent, Trained } from './event.ts'
import { onViolation } from './on-peer.ts'
import type { Neighbour, NodeState } from './state.ts'
import { counted, neighbourOf, withNeighbour } from './state.ts'

const weight = 0.2

export function onTrained(state: NodeState, event: Trained): Transition<NodeState> {
  if (!Number.isFinite(event.loss)) return onDiverged(state)
  return [
    {
      ...state,
      answersLeft: answersAfter(state, event.steps),
      busy: false,
      steps: state.steps + event.steps,
      samplesSeen: state.samplesSeen + event.samples,
      stepsSinceExchange: state.stepsSinceExchange + event.steps,
      loss: event.loss,
      stepMs: withSample(state.stepMs, event.tookMs / event.steps, weight),
    },
    [],
  ]
}

export const onOffered = (state: NodeState, tookMs: number): Transition<NodeState> => [
  { ...state, busy: false, weightsMs: withSample(state.weightsMs, tookMs, weight) },
  [],
]

export function onMerged(
  before: NodeState,
  { from, outcome, tookMs }: Extract<NodeEvent, { type: 'merged' }>,
  { nowMs }: Moment,
): Transition<NodeState> {
  const state = { ...before, busy: false, weightsMs: withSample(before.weightsMs, tookMs, weight) }
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
    case 'held':
      return [{ ...state, delivered: [...state.delivered.filter((id) => id !== from), from] }, []]
    case 'refused': {
      const refused = withNeighbour(counted(state, outcome.reason), from, {
        // One that is only far off is met as often as others: the guard gets to know it and lets it in.
        refusals: (neighbour?.refusals ?? 0) + (outcome.reason === 'loss' ? 1 : 0),
      })
      return [
        refused,
        [{ type: 'tell', news: { type: 'rejected', peer: from, name, reason: outcome.reason } }],
      ]
    }
    case 'violation':
      return onViolation(state, from, outcome.reason, nowMs)
    case 'late':
      return [counted(state, outcome.reason), []]
  }
}

/** An own merge of what neighbours had sent. */
export function onGathered(
  before: NodeState,
  { outcome, tookMs }: Extract<NodeEvent, { type: 'gathered' }>,
  { nowMs }: Moment,
): Transition<NodeState> {
  const { delivered } = before
  const weightsMs = withSample(before.weightsMs, tookMs, weight)
  const state = { ...before, busy: false, weightsMs, delivered: [] }
  if (outcome.type === 'refused') return [counted(state, outcome.reason), []]
  if (outcome.type !== 'accepted') return [state, []]
  const merges = state.merges + 1
  const isMerged = ({ id }: Neighbour): boolean => delivered.includes(id)
  return [
    {
      ...state,
      merges,
      neighbours: state.neighbours.map((neighbour) =>
        isMerged(neighbour) ? { ...neighbour, mergedMs: nowMs } : neighbour,
      ),
    },
    state.neighbours.filter(isMerged).map(({ id, name }) => ({
      type: 'tell',
      news: { type: 'merged', peer: id, name, count: merges },
    })),
  ]
}

const noted = (
  { settling }: NodeState,
  from: string,
  distance: number,
): Pick<NodeState, 'settling'> | object =>
  settling === undefined
    ? {}
    : { settling: { ...settling, distances: { ...settling.distances, [from]: distance } } }

export function onSettled(state: NodeState): Transition<NodeState> {
  return [
    { ...state, busy: false, settling: undefined, status: 'paused' },
    [{ type: 'tell', news: { type: 'status', status: 'paused' } }],
  ]
}

/** A loss that is not finite: the replica is lost, the served model is not. Training stops and goes back to it. */
const onDiverged = (state: NodeState): Transition<NodeState> => [
  { ...state, status: 'paused' },
  [
    { type: 'keep-served' },
    {
      type: 'tell',
      news: { type: 'problem', code: 'loss-not-finite', detail: 'The training loss is not finite.' },
    },
  ],
]

export const onFailed = (state: NodeState, detail: string): Transition<NodeState> => [
  { ...state, busy: false, status: 'failed' },
  [
    { type: 'tell', news: { type: 'problem', code: 'no-backend', detail } },
    { type: 'tell', news: { type: 'status', status: 'failed' } },
  ],
]
