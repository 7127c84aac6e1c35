import type { PeerId, Random } from '../ports.ts'
import { cadence, restMs, sliceSteps } from './cadence.ts'
import { choosePartner } from './choose-partner.ts'
import type { Effect, Transition } from './effect.ts'
import type { Moment } from './event.ts'
import { isComplete } from './round.ts'
import { isSettled } from './settle.ts'
import type { Arrival, Neighbour, NodeState, Pending } from './state.ts'
import { withNeighbour, withoutPending, withoutRound } from './state.ts'

const pushLimitBytes = 64 * 1024

/** Gives the idle trainer its next operation: first what arrived, then an own exchange that is due, then training. */
export function work(state: NodeState, { nowMs, uplinkIdle }: Moment, random: Random): Transition<NodeState> {
  if (state.busy || state.status === 'left' || state.status === 'failed') return [state, []]
  const arrival = state.inbox[0]
  if (arrival !== undefined)
    return handle({ ...state, inbox: state.inbox.slice(1), busy: true }, arrival, nowMs)
  if (state.status === 'settling' && isSettled(state, nowMs))
    return [{ ...withoutPending(state), busy: true }, [{ type: 'keep-served' }]]
  if (state.pending?.stage === 'wanted') return offer(state, state.pending, nowMs)
  if (isDue(state, nowMs) && uplinkIdle) {
    const begun = begin(state, nowMs, random)
    if (begun !== undefined) return begun
  }
  if (state.status !== 'training') return [state, []]
  if (state.round !== undefined) return isComplete(state, nowMs) ? gather(state) : [state, []]
  return [{ ...state, busy: true }, [{ type: 'train', steps: sliceSteps(state) }]]
}

const isDue = (state: NodeState, nowMs: number): boolean =>
  state.pending === undefined &&
  state.round === undefined &&
  (state.status === 'settling' ||
    (state.status === 'training' &&
      state.steps > 0 &&
      state.stepsSinceExchange >= state.everySteps &&
      nowMs - state.begunMs >= restMs(state)))

/** An own exchange, as the strategy talks; undefined where there is nobody to talk to. */
function begin(state: NodeState, nowMs: number, random: Random): Transition<NodeState> | undefined {
  const { talk } = state.config
  const isPair = talk.type === 'pair' || state.status === 'settling'
  if (!isPair && talk.type !== 'push') {
    const connected = state.neighbours.filter((neighbour) => neighbour.state === 'connected')
    return connected.length === 0 ? undefined : spread(state, connected, nowMs)
  }
  const partner = choosePartner(state, random)
  if (partner === undefined) return undefined
  return isPair ? beginExchange(state, partner.id, nowMs, random) : spread(state, [partner], nowMs)
}

function spread(state: NodeState, neighbours: readonly Neighbour[], nowMs: number): Transition<NodeState> {
  const { talk } = state.config
  const to = neighbours.map(({ id }) => id)
  const gathers = talk.type !== 'push' || talk.gathers
  return [
    {
      ...state,
      neighbours: state.neighbours.map((neighbour) =>
        to.includes(neighbour.id) ? { ...neighbour, exchangedMs: nowMs } : neighbour,
      ),
      stepsSinceExchange: 0,
      begunMs: nowMs,
      everySteps: cadence(state),
      busy: true,
      ...(gathers ? { round: { sinceMs: nowMs, to } } : {}),
    },
    [{ type: 'spread', to }],
  ]
}

const gather = (state: NodeState): Transition<NodeState> => [
  { ...withoutRound(state), busy: true },
  [{ type: 'gather', neighbours: state.neighbours.map(({ id }) => id) }],
]

function beginExchange(state: NodeState, peer: PeerId, nowMs: number, random: Random): Transition<NodeState> {
  const id = state.nextId
  const subject = state.status === 'settling' ? 'served' : 'own'
  const pending: Pending = { id, peer, subject, sinceMs: nowMs, stage: 'announced' }
  const begun = {
    ...withNeighbour(state, peer, { exchangedMs: nowMs }),
    nextId: (id + 1) >>> 0,
    stepsSinceExchange: 0,
    begunMs: nowMs,
    everySteps: cadence(state),
  }
  const { exchangeBytes } = state.config
  if (exchangeBytes <= pushLimitBytes) return offer(begun, pending, nowMs)
  const announce: Effect = { type: 'send', to: peer, message: { type: 'announce', id, bytes: exchangeBytes } }
  const [next, effects] = work({ ...begun, pending }, { nowMs, uplinkIdle: false }, random)
  return [next, [announce, ...effects]]
}

function offer(state: NodeState, pending: Pending, nowMs: number): Transition<NodeState> {
  const { peer: to, id, subject } = pending
  return [
    { ...state, busy: true, pending: { ...pending, stage: 'asked', sinceMs: nowMs } },
    [{ type: 'offer', to, id, subject }],
  ]
}

function handle(state: NodeState, { from, message }: Arrival, nowMs: number): Transition<NodeState> {
  switch (message.type) {
    case 'ask': {
      const known = withNeighbour(state, from, { exchangedMs: nowMs })
      const met = { ...known, answersLeft: known.answersLeft - 1 }
      // A paused peer teaches, but keeps its weights as they are: above all those that it settled on.
      return state.status === 'paused'
        ? [met, [{ type: 'give', to: from, id: message.id, as: 'reply', subject: message.subject }]]
        : [met, [{ type: 'answer', from, id: message.id, weights: message }]]
    }
    case 'reply':
      return [withoutPending(state), [{ type: 'absorb', from, weights: message }]]
    case 'push':
      return [state, [{ type: 'take', from, weights: message, mass: message.mass }]]
    case 'model':
      return [withoutPending(state), [{ type: 'adopt', from, weights: message }]]
    case 'pull':
      return [state, [{ type: 'give', to: from, id: message.id, as: 'model', subject: 'served' }]]
  }
}
