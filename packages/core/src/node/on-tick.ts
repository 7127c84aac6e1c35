import { healthOf, pingEveryMs } from '../overlay/health.ts'
import { mended } from '../overlay/score.ts'
import type { Random } from '../ports.ts'
import { patienceMs } from './cadence.ts'
import { dial } from './dial.ts'
import type { Effect, Transition } from './effect.ts'
import type { Moment } from './event.ts'
import { giveUp } from './on-peer.ts'
import type { NodeState } from './state.ts'

/** Once a second: heartbeat, suspicion, mending of scores, an exchange that took too long, more neighbours. */
export function onTick(state: NodeState, moment: Moment, random: Random): Transition<NodeState> {
  const { nowMs } = moment
  const effects: Effect[] = [{ type: 'wake', afterMs: pingEveryMs * (0.9 + 0.2 * random.next()) }]
  const neighbours = state.neighbours.map((neighbour) => {
    const score = mended(neighbour.score, pingEveryMs / 1_000)
    const health = healthOf(nowMs - neighbour.heardMs)
    if (health === 'dead') effects.push({ type: 'disconnect', peer: neighbour.id })
    else
      effects.push({
        type: 'send',
        to: neighbour.id,
        message: { type: 'ping', stamp: nowMs, steps: state.steps },
      })
    if (health === 'alive' || neighbour.state !== 'connected') return { ...neighbour, score }
    effects.push({ type: 'tell', news: { type: 'peer-suspect', peer: neighbour.id, name: neighbour.name } })
    return { ...neighbour, score, state: 'suspect' as const }
  })
  const { pending } = state
  const isOverdue =
    pending !== undefined && pending.stage !== 'answered' && nowMs - pending.sinceMs > patienceMs(state)
  const [patient, released] = isOverdue ? giveUp(state) : [state, []]
  return dial({ ...patient, neighbours }, [...effects, ...released], moment, random)
}
