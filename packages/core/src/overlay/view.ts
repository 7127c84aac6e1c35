import type { PeerId, Random } from '../ports.ts'

/** A peer known but not connected. */
export interface Candidate {
  readonly peer: PeerId
  /** Dials that failed in a row. */
  readonly failures: number
  /** Not to be dialled before this moment. */
  readonly notBeforeMs: number
  /** Broke the protocol: no link at all before `notBeforeMs`, whoever dials. */
  readonly barred?: boolean
}

/** Peers that could become neighbours, newest last; at most `passiveLimit`. */
export type View = readonly Candidate[]

const passiveLimit = 30
const firstBackoffMs = 5_000
const lastBackoffMs = 300_000

/** The view with newly heard-of peers added; the oldest fall out past the limit. */
export function learn(view: View, peers: readonly PeerId[], self: PeerId): View {
  const known = new Set(view.map(({ peer }) => peer))
  const fresh = [...new Set(peers)].filter((peer) => peer !== self && !known.has(peer))
  if (fresh.length === 0) return view
  return [...view, ...fresh.map((peer) => ({ peer, failures: 0, notBeforeMs: 0 }))].slice(-passiveLimit)
}

export const forget = (view: View, peer: PeerId): View => view.filter((candidate) => candidate.peer !== peer)

/** Keeps a peer in mind after its link ended or could not be made: doubling backoff with jitter, 5 s to 5 min. */
export function backOff(view: View, peer: PeerId, nowMs: number, random: Random): View {
  const failures = (view.find((candidate) => candidate.peer === peer)?.failures ?? 0) + 1
  const waitMs = Math.min(lastBackoffMs, firstBackoffMs * 2 ** (failures - 1)) * (0.75 + 0.5 * random.next())
  return [...forget(view, peer), { peer, failures, notBeforeMs: nowMs + waitMs }].slice(-passiveLimit)
}

/** Bars a peer that broke the protocol for five minutes. */
export const bar = (view: View, peer: PeerId, nowMs: number): View =>
  [...forget(view, peer), { peer, failures: 1, notBeforeMs: nowMs + lastBackoffMs, barred: true }].slice(
    -passiveLimit,
  )

/** A random candidate that may be dialled now and is not among `taken`. */
export function candidate(
  view: View,
  taken: ReadonlySet<PeerId>,
  nowMs: number,
  random: Random,
): PeerId | undefined {
  const ready = view.filter(({ peer, notBeforeMs }) => notBeforeMs <= nowMs && !taken.has(peer))
  return ready[Math.floor(random.next() * ready.length)]?.peer
}

/** Whether a peer broke the protocol so lately that no link to it is wanted. */
export const isBarred = (view: View, peer: PeerId, nowMs: number): boolean =>
  view.some(
    ({ peer: known, barred, notBeforeMs }) => known === peer && barred === true && notBeforeMs > nowMs,
  )
