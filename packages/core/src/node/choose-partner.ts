import type { Random } from '../ports.ts'
import type { Neighbour, NodeState } from './state.ts'

/** A refused merge makes a neighbour look this much fresher than it is, so that it is chosen less often. */
const refusalMs = 2_000

/**
 * The connected neighbour exchanged with least recently (ties at random), those refused for quality less often.
 * Least recent beats random choice: no neighbour's knowledge grows stale.
 */
export function choosePartner({ neighbours }: NodeState, random: Random): Neighbour | undefined {
  let best: Neighbour | undefined
  let bestMs = Number.POSITIVE_INFINITY
  let ties = 0
  for (const neighbour of neighbours) {
    if (neighbour.state !== 'connected') continue
    const ms = neighbour.exchangedMs + refusalMs * Math.min(8, neighbour.refusals)
    if (ms < bestMs) {
      best = neighbour
      bestMs = ms
      ties = 1
    } else if (ms === bestMs && random.next() * ++ties < 1) best = neighbour
  }
  return best
}
