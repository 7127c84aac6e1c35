import type { NodeState } from './state.ts'

const toleranceShare = 0.01
const longestMs = 10_000

/**
 * Whether the final merge is done: every connected neighbour's served model was last seen within 1 % (relative
 * L2 distance) of this one's, or nobody is left to agree with, or 10 s have passed.
 */
export function isSettled({ settling, neighbours }: NodeState, nowMs: number): boolean {
  if (settling === undefined) return false
  if (nowMs - settling.sinceMs >= longestMs) return true
  return neighbours.every(
    ({ id, state }) => state !== 'connected' || (settling.distances[id] ?? 1) <= toleranceShare,
  )
}
