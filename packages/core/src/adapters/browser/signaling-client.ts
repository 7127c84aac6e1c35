import {
  type ClientMessage,
  decodeServerMessage,
  helloText,
  type IceServer,
  type ServerMessage,
} from '@gossamer/signaling/protocol'
import type {
  Clock,
  Discovery,
  DiscoveryEvent,
  DiscoveryStatus,
  PeerId,
  Random,
  Unsubscribe,
} from '../../ports.ts'
import { cryptoRandom } from './crypto-random.ts'
import { hexOf, type Identity } from './identity.ts'
import { retryDelayMs } from './signaling-client-backoff.ts'
import { systemClock } from './system-clock.ts'

export interface SignalingDiscoveryOptions {
  /** ws, wss, http or https addresses of signaling servers; tried in turn. At least one. */
  readonly urls: readonly string[]
  readonly identity: Identity
  /** The room's opaque name. */
  readonly topic: string
  /** Where a server asks for one. */
  readonly joinToken?: string
  readonly clock?: Clock
  readonly random?: Random
  /** Opens a socket; the browser's WebSocket where left out. */
  readonly openSocket?: (url: string) => WebSocket
}

export interface SignalingDiscovery extends Discovery {
  /** The seat that the room gave; pending until the first join succeeded. Kept over reconnections where it can be. */
  readonly seat: Promise<number>
  /** As the server of the present connection named them; empty before. */
  iceServers(): readonly IceServer[]
}

const wantOnJoin = 6
/** A connection that held this long counts as good: the next loss is retried at once. */
const goodAfterMs = 10_000
const answerTimeoutMs = 10_000

/** One connection to a server, from the first byte to the last. */
interface Visit {
  readonly socket: WebSocket
  /** Anything heard since the last look. */
  heard: boolean
  joinedMs: number | undefined
  pingMs: number
  readonly timers: Set<Unsubscribe>
}

/** Discovery over signaling servers: joins, and joins again by itself for as long as it takes. */
export function signalingDiscovery(options: SignalingDiscoveryOptions): SignalingDiscovery {
  const { identity, topic, clock = systemClock, random = cryptoRandom() } = options
  const { openSocket = (url: string) => new WebSocket(url) } = options
  const urls = options.urls.map(socketUrl)
  const listeners = new Set<(event: DiscoveryEvent) => void>()
  let status: DiscoveryStatus = 'retrying'
  let visit: Visit | undefined
  let cancelRetry: Unsubscribe | undefined
  let failures = 0
  let failingSinceMs = clock.now()
  let resume: string | undefined
  let heldSeat: number | undefined
  let ice: readonly IceServer[] = []
  let resolveSeat: (seat: number) => void = () => undefined
  const seat = new Promise<number>((resolve) => {
    resolveSeat = resolve
  })

  const emit = (event: DiscoveryEvent): void => {
    for (const listener of [...listeners]) listener(event)
  }
  const setStatus = (next: DiscoveryStatus): void => {
    if (status === next || status === 'off') return
    status = next
    emit({ type: 'status', status })
  }

  function visitNext(): void {
    cancelRetry?.()
    cancelRetry = undefined
    if (visit !== undefined || status === 'off') return
    let socket: WebSocket
    try {
      socket = openSocket(urls[failures % urls.length] ?? '')
    } catch {
      retry()
      return
    }
    const here: Visit = {
      socket,
      heard: false,
      joinedMs: undefined,
      pingMs: answerTimeoutMs,
      timers: new Set(),
    }
    visit = here
    socket.onmessage = ({ data }) => {
      if (visit !== here) return
      here.heard = true
      const decoded = typeof data === 'string' ? decodeServerMessage(data) : undefined
      if (decoded?.ok) answer(here, decoded.message)
    }
    socket.onclose = () => end(here)
    socket.onerror = () => end(here)
    watch(here)
  }

  /** Ends a connection over which nothing comes: asks once, and gives up on silence. */
  function watch(here: Visit): void {
    later(here, here.pingMs, () => {
      if (!here.heard && here.joinedMs === undefined) return end(here)
      if (here.heard) {
        here.heard = false
        return watch(here)
      }
      say(here, { type: 'need', topic, count: 0 })
      later(here, answerTimeoutMs, () => (here.heard ? watch(here) : end(here)))
    })
  }

  function later(here: Visit, ms: number, run: () => void): void {
    const cancel = clock.after(ms, () => {
      here.timers.delete(cancel)
      if (visit === here) run()
    })
    here.timers.add(cancel)
  }

  function end(here: Visit): void {
    if (visit !== here) return
    visit = undefined
    for (const cancel of here.timers) cancel()
    here.socket.close()
    if (here.joinedMs !== undefined && clock.now() - here.joinedMs >= goodAfterMs) failures = 0
    setStatus('retrying')
    retry()
  }

  function retry(): void {
    if (status === 'off') return
    if (failures === 0) failingSinceMs = clock.now()
    const waitMs = retryDelayMs(failures, clock.now() - failingSinceMs, random)
    failures += 1
    cancelRetry?.()
    cancelRetry = clock.after(waitMs, visitNext)
  }

  function say(here: Visit, message: ClientMessage): void {
    if (here.socket.readyState === 1) here.socket.send(JSON.stringify(message))
  }

  function join(here: Visit, token: string | undefined): void {
    say(here, {
      type: 'join',
      topic,
      want: wantOnJoin,
      ...(token === undefined ? {} : { resume: token }),
      ...(heldSeat === undefined ? {} : { seat: heldSeat }),
    })
  }

  function answer(here: Visit, message: ServerMessage): void {
    switch (message.type) {
      case 'challenge': {
        const { joinToken: token } = options
        const bytes = new TextEncoder().encode(helloText(message.nonce))
        void identity.sign(bytes).then(
          (signed) =>
            say(here, {
              type: 'hello',
              peer: identity.peerId,
              signature: hexOf(signed),
              ...(token === undefined ? {} : { token }),
            }),
          () => end(here),
        )
        return
      }
      case 'welcome': {
        const former = resume
        resume = message.resume
        ice = message.ice
        here.pingMs = Math.max(1_000, message.pingMs)
        join(here, former)
        return
      }
      case 'peers':
        if (message.topic !== topic) return
        if (here.joinedMs === undefined) {
          here.joinedMs = clock.now()
          heldSeat = message.seat ?? heldSeat ?? 0
          resolveSeat(heldSeat)
          setStatus('connected')
        }
        emit({ type: 'peers', peers: message.sample.filter((peer) => peer !== identity.peerId) })
        return
      case 'signal':
        if (message.topic === topic) emit({ type: 'box', from: message.from, box: message.box })
        return
      case 'gone':
        if (message.topic === topic) emit({ type: 'gone', peer: message.peer })
        return
      case 'error':
        // Before the room is joined every refusal is about joining: ask again when the server says, elsewhere first.
        if (here.joinedMs !== undefined) return
        if (message.retryMs !== undefined && urls.length === 1)
          later(here, message.retryMs, () => join(here, resume))
        else end(here)
    }
  }

  /** The network is back, or the page is: whatever was waited for need not be waited for any longer. */
  const wake = (): void => {
    if (visit === undefined && status !== 'off') visitNext()
  }
  const page: Partial<EventTarget> = globalThis
  page.addEventListener?.('online', wake)
  page.addEventListener?.('pageshow', wake)
  queueMicrotask(visitNext)

  return {
    self: identity.peerId,
    seat,
    status: () => status,
    iceServers: () => ice,
    need(count) {
      if (visit?.joinedMs !== undefined)
        say(visit, { type: 'need', topic, count: Math.min(16, Math.max(0, count)) })
    },
    relay(to: PeerId, box: string) {
      if (visit?.joinedMs !== undefined) say(visit, { type: 'signal', topic, to, box })
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      status = 'off'
      listeners.clear()
      cancelRetry?.()
      page.removeEventListener?.('online', wake)
      page.removeEventListener?.('pageshow', wake)
      const here = visit
      visit = undefined
      if (here === undefined) return
      for (const cancel of here.timers) cancel()
      here.socket.close(1000)
    },
  }
}

/** http is ws, https is wss; anything else stays as it is and fails as an address, to be retried elsewhere. */
const socketUrl = (url: string): string => url.replace(/^http(?=s?:)/i, 'ws')
