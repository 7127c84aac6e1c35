import type { Clock, Discovery, DownReason, PeerId, Random, Transport, TransportEvent } from '../../ports.ts'
import { cryptoRandom } from './crypto-random.ts'
import { type Box, decodeBox, encodeBox } from './simple-peer-box.ts'
import { type Link, openLink } from './simple-peer-link.ts'
import { systemClock } from './system-clock.ts'

export interface SimplePeerTransportOptions {
  readonly discovery: Discovery
  /** STUN and TURN servers; asked for anew at every dial. None where left out. */
  readonly iceServers?: readonly RTCIceServer[] | (() => readonly RTCIceServer[])
  /** Further links are refused. 8 where left out. */
  readonly maxLinks?: number
  readonly dialTimeoutMs?: number
  readonly clock?: Clock
  readonly random?: Random
  /** Where `pagehide` is heard; the global scope where left out. */
  readonly page?: EventTarget
}

export interface Traffic {
  readonly bytesUp: number
  readonly bytesDown: number
}

export interface SimplePeerTransport extends Transport {
  /** Frame bytes over the present link to a peer; undefined without one. */
  stats(peer: PeerId): Traffic | undefined
}

/** This environment has no RTCPeerConnection: training goes on, but alone. */
export class NoWebRtcError extends Error {
  readonly code = 'no-webrtc'
  constructor() {
    super('This browser offers no WebRTC, so it cannot connect to other peers.')
    this.name = 'NoWebRtcError'
  }
}

const maxFrameBytes = 16_400
const dialsAtOnce = 3
const connectionsPerWindow = 60
const windowMs = 5 * 60_000

/** Where things stand with one peer. Without an entry: nowhere. */
type Entry =
  /** To be dialled when a slot is free. */
  | { readonly type: 'queued' }
  /** Waiting for the smaller id's offer. */
  | { readonly type: 'knocking'; readonly attempt: string; readonly giveUp: () => void }
  | {
      readonly type: 'connecting'
      readonly wanted: boolean
      readonly link: Link
      readonly giveUp: () => void
    }
  | { readonly type: 'up'; readonly link: Link }

/** Links to other peers over WebRTC, introduced by `discovery`. Throws `NoWebRtcError` where there is no WebRTC. */
export function simplePeerTransport(options: SimplePeerTransportOptions): SimplePeerTransport {
  const { discovery, maxLinks = 8, dialTimeoutMs = 15_000, clock = systemClock } = options
  const { random = cryptoRandom(), page = globalThis } = options
  if (typeof RTCPeerConnection === 'undefined') throw new NoWebRtcError()
  const { self } = discovery
  const entries = new Map<PeerId, Entry>()
  const listeners = new Set<(event: TransportEvent) => void>()
  let connectedMs: number[] = []
  let closed = false
  let leaving = false

  const emit = (event: TransportEvent): void => {
    for (const listener of [...listeners]) listener(event)
  }
  const relay = (peer: PeerId, box: Box): void => discovery.relay(peer, encodeBox(box))
  const newAttempt = (): string =>
    Array.from({ length: 16 }, () => Math.floor(random.next() * 16).toString(16)).join('')
  const iceServers = (): readonly RTCIceServer[] =>
    typeof options.iceServers === 'function' ? options.iceServers() : (options.iceServers ?? [])
  const count = (counts: (entry: Entry) => boolean): number => [...entries.values()].filter(counts).length
  const linksTaken = (): number => count(({ type }) => type !== 'queued')
  const dialling = (): number =>
    count((entry) => entry.type === 'knocking' || (entry.type === 'connecting' && entry.wanted))
  const tooOften = (): boolean => {
    connectedMs = connectedMs.filter((atMs) => clock.now() - atMs < windowMs)
    return connectedMs.length >= connectionsPerWindow
  }

  /** Forgets a peer and tells the node, if it knew or had asked. */
  function drop(peer: PeerId, reason: DownReason): void {
    const entry = entries.get(peer)
    if (entry === undefined) return
    entries.delete(peer)
    if (entry.type === 'knocking' || entry.type === 'connecting') entry.giveUp()
    if (entry.type === 'connecting' || entry.type === 'up') entry.link.cut()
    const neverUp = reason === 'hung-up' ? 'hung-up' : 'unreachable'
    if (entry.type === 'up') emit({ type: 'down', peer, reason })
    else if (entry.type !== 'connecting' || entry.wanted) emit({ type: 'down', peer, reason: neverUp })
    dialNext()
  }

  function dialNext(): void {
    for (const [peer, { type }] of entries) {
      if (closed || leaving || dialling() >= dialsAtOnce) return
      if (type === 'queued') dial(peer)
    }
  }

  function dial(peer: PeerId): void {
    const attempt = newAttempt()
    if (linksTaken() >= maxLinks || tooOften() || discovery.status() !== 'connected') {
      drop(peer, 'unreachable')
    } else if (self < peer) {
      begin(peer, attempt, true, true)
    } else {
      const giveUp = clock.after(dialTimeoutMs, () => drop(peer, 'unreachable'))
      entries.set(peer, { type: 'knocking', attempt, giveUp })
      relay(peer, { type: 'knock', attempt })
    }
  }

  /** Opens a connection; `wanted`: this side asked for it and is told if it fails. */
  function begin(peer: PeerId, attempt: string, initiator: boolean, wanted: boolean): void {
    connectedMs.push(clock.now())
    const isCurrent = (): boolean => {
      const entry = entries.get(peer)
      return (entry?.type === 'connecting' || entry?.type === 'up') && entry.link === link
    }
    const link = openLink(
      { initiator, attempt, iceServers: iceServers(), clock },
      {
        relay: (box) => relay(peer, box),
        opened() {
          const entry = entries.get(peer)
          if (link === undefined || entry?.type !== 'connecting' || !isCurrent()) return
          entry.giveUp()
          entries.set(peer, { type: 'up', link })
          emit({ type: 'up', peer })
          dialNext()
        },
        frame(lane, bytes) {
          if (isCurrent()) emit({ type: 'frame', from: peer, lane, bytes })
        },
        writable() {
          if (isCurrent()) emit({ type: 'writable', peer })
        },
        ended(reason) {
          if (isCurrent()) drop(peer, reason)
        },
      },
    )
    if (link === undefined) {
      entries.delete(peer)
      if (wanted) emit({ type: 'down', peer, reason: 'unreachable' })
      return
    }
    const giveUp = clock.after(dialTimeoutMs, () => drop(peer, 'unreachable'))
    entries.set(peer, { type: 'connecting', wanted, link, giveUp })
  }

  /** Another side wants a link. What was there before is dead: it would not ask otherwise. */
  function welcome(peer: PeerId, asked: string, initiator: boolean): Link | undefined {
    const former = entries.get(peer)
    const wanted =
      former !== undefined && (former.type !== 'connecting' || former.wanted) && former.type !== 'up'
    if (former?.type === 'knocking' || former?.type === 'connecting') former.giveUp()
    if (former?.type === 'connecting') former.link.cut()
    if (former?.type === 'up') drop(peer, 'closed')
    entries.delete(peer)
    const reason = linksTaken() >= maxLinks ? 'full' : tooOften() ? 'too-often' : undefined
    if (reason !== undefined) {
      relay(peer, { type: 'refuse', attempt: asked, reason })
      if (wanted) emit({ type: 'down', peer, reason: 'unreachable' })
      dialNext()
      return undefined
    }
    begin(peer, initiator ? newAttempt() : asked, initiator, wanted)
    const entry = entries.get(peer)
    return entry?.type === 'connecting' ? entry.link : undefined
  }

  function receive(peer: PeerId, box: Box): void {
    const entry = entries.get(peer)
    const link = entry?.type === 'connecting' || entry?.type === 'up' ? entry.link : undefined
    const isKnown = link?.attempt === box.attempt
    if (box.type === 'knock') {
      // Both at once: the offer is on its way already.
      if (self < peer && entry?.type !== 'connecting') welcome(peer, box.attempt, true)
    } else if (box.type === 'refuse') {
      const knocked = entry?.type === 'knocking' && entry.attempt === box.attempt
      if (knocked || (isKnown && entry?.type === 'connecting')) drop(peer, 'unreachable')
    } else if (isKnown) {
      link?.accept(box)
    } else if (box.type === 'offer' && peer < self) {
      welcome(peer, box.attempt, false)?.accept(box)
    }
  }

  const unlisten = discovery.listen((event) => {
    if (closed) return
    switch (event.type) {
      case 'peers':
        return emit({ type: 'found', peers: event.peers.filter((peer) => peer !== self) })
      case 'box': {
        const box = event.from === self ? undefined : decodeBox(event.box)
        return box === undefined ? undefined : receive(event.from, box)
      }
      case 'gone':
        return entries.get(event.peer)?.type === 'up' ? undefined : drop(event.peer, 'unreachable')
      case 'status':
        return
    }
  })

  function hangUp(peer: PeerId): void {
    const entry = entries.get(peer)
    if (entry?.type === 'up' || entry?.type === 'connecting') entry.link.hangUp()
    drop(peer, 'hung-up')
  }

  function hangUpAll(): void {
    leaving = true
    for (const peer of [...entries.keys()]) hangUp(peer)
    leaving = false
  }

  // A page that is left, or put aside whole, hangs up; one that comes back finds its links down and dials anew.
  page.addEventListener('pagehide', hangUpAll)

  return {
    self,
    maxFrameBytes,
    find: (wanted) => discovery.need(wanted),
    connect(peer) {
      if (closed || peer === self) return
      const entry = entries.get(peer)
      // The peer dials already; now this side is to be told, too, if nothing comes of it.
      if (entry?.type === 'connecting') entries.set(peer, { ...entry, wanted: true })
      if (entry !== undefined) return
      entries.set(peer, { type: 'queued' })
      // Not at once: whoever calls expects no answer before the call is over.
      queueMicrotask(dialNext)
    },
    disconnect: hangUp,
    send(to, lane, frame) {
      if (frame.byteLength > maxFrameBytes)
        throw new RangeError(`A frame holds at most ${maxFrameBytes} bytes.`)
      const entry = entries.get(to)
      return entry?.type === 'up' ? entry.link.send(lane, frame) : true
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      if (closed) return
      closed = true
      listeners.clear()
      hangUpAll()
      unlisten()
      page.removeEventListener('pagehide', hangUpAll)
    },
    stats(peer) {
      const entry = entries.get(peer)
      if (entry?.type !== 'up') return undefined
      return { bytesUp: entry.link.bytesUp, bytesDown: entry.link.bytesDown }
    },
  }
}
