import type { NodeState } from './state.ts'

/**
 * Whether what others sent may be merged now. In rounds that is when models of the quorum are there, when nobody is
 * left, or when the time is up: the heartbeat looks once a second, so a round always ends. The quorum is of those that
 * got this round's model and are still connected: one that came later sent its own to others before and would be
 * waited for in a circle. A neighbour that falls silent stops counting after 3 s.
 */
export function isComplete({ config, round, delivered, neighbours }: NodeState, nowMs: number): boolean {
  const { talk } = config
  if (talk.type !== 'round' || round === undefined) return true
  if (nowMs - round.sinceMs >= talk.timeoutMs) return true
  const awaited = neighbours.filter(({ id, state }) => state === 'connected' && round.to.includes(id))
  const present = awaited.filter(({ id }) => delivered.includes(id))
  return present.length >= Math.ceil(talk.quorum * awaited.length)
}
