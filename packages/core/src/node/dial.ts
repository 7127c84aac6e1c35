import { candidate } from '../overlay/view.ts'
import type { Random } from '../ports.ts'
import type { Effect, Transition } from './effect.ts'
import type { Moment } from './event.ts'
import type { NodeState } from './state.ts'

const mostDials = 3
const findEveryMs = 5_000

/** Dials candidates while there are too few neighbours, and asks discovery for more when none are left. */
export function dial(
  state: NodeState,
  effects: readonly Effect[],
  { nowMs }: Moment,
  random: Random,
): Transition<NodeState> {
  const { gossip } = state.config
  const dialling = [...state.dialling]
  const taken = new Set([...state.neighbours.map(({ id }) => id), ...dialling])
  const more = [...effects]
  while (taken.size < gossip.neighbours && dialling.length < mostDials) {
    const peer = candidate(state.view, taken, nowMs, random)
    if (peer === undefined) break
    taken.add(peer)
    dialling.push(peer)
    more.push({ type: 'connect', peer })
  }
  const wanted = gossip.neighbours - taken.size
  const mayFind = wanted > 0 && dialling.length < mostDials && nowMs - state.foundMs >= findEveryMs
  if (mayFind) more.push({ type: 'find', count: wanted })
  return [{ ...state, dialling, foundMs: mayFind ? nowMs : state.foundMs }, more]
}
