import type { Random } from '../ports.ts'
import type { Effect, Transition } from './effect.ts'
import type { Moment, NodeEvent } from './event.ts'
import { onMessage } from './on-message.ts'
import { onDown, onDropped, onFound, onUp } from './on-peer.ts'
import { onTick } from './on-tick.ts'
import { onFailed, onGathered, onMerged, onOffered, onSettled, onTrained } from './on-work.ts'
import { maybePull } from './pull.ts'
import { type NodeState, withoutRound } from './state.ts'
import { work } from './work.ts'

/**
 * The whole protocol: an event in; the next state, and what to do, out. A pure function: what it draws from
 * `random` and reads from `moment` is all it knows of the world, so one seed replays a run exactly.
 */
export function step(
  state: NodeState,
  event: NodeEvent,
  moment: Moment,
  random: Random,
): Transition<NodeState> {
  if (state.status === 'left') return [state, []]
  const [reacted, reactions] = react(state, event, moment, random)
  const [next, tasks] = work(reacted, moment, random)
  return [next, tasks.length === 0 ? reactions : [...reactions, ...tasks]]
}

function react(state: NodeState, event: NodeEvent, moment: Moment, random: Random): Transition<NodeState> {
  switch (event.type) {
    case 'start':
      return maybePull(...withStatus(state, 'training'), moment)
    case 'pause':
      return withStatus(state, 'paused')
    case 'settle':
      return withStatus(
        { ...withoutRound(state), settling: { sinceMs: moment.nowMs, distances: {} } },
        'settling',
      )
    case 'leave':
      return [{ ...state, status: 'left', neighbours: [] }, [{ type: 'close' }]]
    case 'tick':
      return onTick(state, moment, random)
    case 'found':
      return onFound(state, event.peers, moment, random)
    case 'up':
      return onUp(state, event.peer, moment)
    case 'down':
      return onDown(state, event.peer, event.reason, moment, random)
    case 'message':
      return onMessage(state, event.from, event.message, moment)
    case 'dropped':
      return onDropped(state, event, moment)
    case 'trained':
      return onTrained(state, event)
    case 'offered':
      return onOffered(state, event.tookMs)
    case 'merged':
      return onMerged(state, event, moment)
    case 'gathered':
      return onGathered(state, event, moment)
    case 'gave':
      return [{ ...state, busy: false }, []]
    case 'settled':
      return onSettled(state)
    case 'failed':
      return onFailed(state, event.detail)
  }
}

function withStatus(state: NodeState, status: NodeState['status']): [NodeState, readonly Effect[]] {
  if (state.status === status) return [state, []]
  return [{ ...state, status }, [{ type: 'tell', news: { type: 'status', status } }]]
}
