import { afterViolation } from '../overlay/score.ts'
import { backOff, bar, forget, isBarred, learn } from '../overlay/view.ts'
import type { DownReason, PeerId, Random } from '../ports.ts'
import { dial } from './dial.ts'
import type { Effect, Transition } from './effect.ts'
import type { Moment, NodeEvent } from './event.ts'
import type { NodeState } from './state.ts'
import { counted, hello, neighbourOf, withNeighbour, withoutPending } from './state.ts'

/** A node accepts at most this many neighbours, whoever dialled. */
export const mostNeighbours = 8

export const onFound = (
  state: NodeState,
  peers: readonly PeerId[],
  moment: Moment,
  random: Random,
): Transition<NodeState> =>
  dial({ ...state, view: learn(state.view, peers, state.config.self) }, [], moment, random)

export function onUp(state: NodeState, peer: PeerId, { nowMs }: Moment): Transition<NodeState> {
  const dialling = state.dialling.filter((dialled) => dialled !== peer)
  if (state.neighbours.length >= mostNeighbours || isBarred(state.view, peer, nowMs))
    return [{ ...state, dialling }, [{ type: 'disconnect', peer }]]
  const neighbour = {
    id: peer,
    state: 'joining' as const,
    name: '',
    steps: 0,
    upSinceMs: nowMs,
    stepsAtHello: undefined,
    stepMs: undefined,
    heardMs: nowMs,
    exchangedMs: Number.NEGATIVE_INFINITY,
    rttMs: undefined,
    mergedMs: undefined,
    refusals: 0,
    score: 1,
  }
  const others = state.neighbours.filter(({ id }) => id !== peer)
  return [
    { ...state, dialling, neighbours: [...others, neighbour], view: forget(state.view, peer) },
    [{ type: 'send', to: peer, message: hello(state) }],
  ]
}

export function onDown(
  state: NodeState,
  peer: PeerId,
  reason: DownReason,
  moment: Moment,
  random: Random,
): Transition<NodeState> {
  const neighbour = neighbourOf(state, peer)
  const wasGoodbye = reason === 'goodbye'
  const isBarredNow = isBarred(state.view, peer, moment.nowMs)
  const left = {
    ...state,
    neighbours: state.neighbours.filter(({ id }) => id !== peer),
    dialling: state.dialling.filter((dialled) => dialled !== peer),
    inbox: state.inbox.filter(({ from }) => from !== peer),
    view: isBarredNow
      ? state.view
      : wasGoodbye
        ? forget(state.view, peer)
        : backOff(state.view, peer, moment.nowMs, random),
  }
  const [freed, released] = state.pending?.peer === peer ? giveUp(left) : [left, []]
  const effects: Effect[] = [...released]
  if (neighbour !== undefined)
    effects.push({ type: 'tell', news: { type: 'peer-down', peer, name: neighbour.name } })
  return dial(freed, effects, moment, random)
}

/** Forgets the exchange under way; a late answer to it will be dropped. */
export function giveUp(state: NodeState): Transition<NodeState> {
  const { pending } = state
  if (pending === undefined) return [state, []]
  return [
    withoutPending(state),
    pending.stage === 'asked' ? [{ type: 'forget-offer', to: pending.peer }] : [],
  ]
}

export const onDropped = (
  state: NodeState,
  { from, reason, violation }: Extract<NodeEvent, { type: 'dropped' }>,
  { nowMs }: Moment,
): Transition<NodeState> =>
  violation ? onViolation(state, from, reason, nowMs) : [counted(state, reason), []]

/** Counts it, lowers the sender's score, and at 0 bars the sender and hangs up. */
export function onViolation(
  state: NodeState,
  from: PeerId,
  reason: string,
  nowMs: number,
): Transition<NodeState> {
  const known = neighbourOf(state, from)
  const next = counted(state, reason)
  if (known === undefined) return [next, []]
  const score = afterViolation(known.score, reason)
  const tell: Effect = { type: 'tell', news: { type: 'rejected', peer: from, name: known.name, reason } }
  if (score > 0) return [withNeighbour(next, from, { score }), [tell]]
  return [
    { ...withNeighbour(next, from, { score }), view: bar(next.view, from, nowMs) },
    [tell, { type: 'disconnect', peer: from }],
  ]
}
