import type { NodeState } from './state.ts'

/**
 * Whether what others sent may be merged now. In rounds that is when models of the quorum of the connected neighbours
 * are there, when nobody is left, or when the time is up: the heartbeat looks once a second, so a round always ends.
 * A neighbour that falls silent stops counting after 3 s.
 */
export function isComplete({ config, round, delivered, neighbours }: NodeState, nowMs: number): boolean {
  const { talk } = config
  if (talk.type !== 'round' || round === undefined) return true
  if (nowMs - round.sinceMs >= talk.timeoutMs) return true
  const connected = neighbours.filter(({ state }) => state === 'connected')
  const present = connected.filter(({ id }) => delivered.includes(id))
  return present.length >= Math.ceil(talk.quorum * connected.length)
}
