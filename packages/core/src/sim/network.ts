import { shuffle } from '../lib/random.ts'
import type {
  Clock,
  DownReason,
  Lane,
  PeerId,
  Random,
  Transport,
  TransportEvent,
  Unsubscribe,
} from '../ports.ts'

/** What one peer's line is like. */
export interface Line {
  /** Bytes a second upward; Infinity for no limit. */
  readonly upBytesPerSecond: number
}

export interface NetworkOptions {
  /** One-way delay between two peers, in milliseconds. */
  readonly latencyMs: (from: PeerId, to: PeerId) => number
  /** Share of frames that are lost, 0 to 1. (A data channel would deliver them late: this is harsher.) */
  readonly lossShare: number
  /** Who may link to whom, and so find one another; symmetric. Everyone where it is left out. */
  readonly mayLink?: (a: PeerId, b: PeerId) => boolean
}

interface Host {
  readonly line: Line
  readonly links: Map<PeerId, Link>
  readonly dialling: Set<PeerId>
  readonly listeners: Set<(event: TransportEvent) => void>
  /** When the uplink has sent what it was given on a lane: control frames overtake and only wait for one another. */
  readonly freeAtMs: Record<Lane, number>
  online: boolean
}

/** One side's view of a link. */
interface Link {
  readonly epoch: number
  waitingBytes: number
  refused: boolean
}

const highMarkBytes = 1024 * 1024
const lowMarkBytes = 256 * 1024
const maxFrameBytes = 16_400
const dialTimeoutMs = 15_000
const silentFailureMs = 15_000

/** A network of simulated peers: latency, uplink bandwidth, loss, partitions, peers that vanish without a word. */
export class Network {
  readonly #clock: Clock
  readonly #random: Random
  readonly #options: NetworkOptions
  readonly #hosts = new Map<PeerId, Host>()
  #partition: ReadonlyMap<PeerId, number> | undefined
  #epoch = 0
  /** Frames delivered so far. */
  delivered = 0

  constructor(clock: Clock, random: Random, options: NetworkOptions) {
    this.#clock = clock
    this.#random = random
    this.#options = options
  }

  /** A transport for a new peer of the room. */
  join(self: PeerId, line: Line): Transport {
    const host: Host = {
      line,
      links: new Map(),
      dialling: new Set(),
      listeners: new Set(),
      freeAtMs: { control: 0, bulk: 0 },
      online: true,
    }
    this.#hosts.set(self, host)
    return {
      self,
      maxFrameBytes,
      find: (count) => this.#find(self, host, count),
      connect: (peer) => this.#connect(self, host, peer),
      disconnect: (peer) => this.#hangUp(self, host, peer, 'hung-up'),
      send: (to, lane, frame) => this.#send(self, host, to, lane, frame),
      listen: (listener): Unsubscribe => {
        host.listeners.add(listener)
        return () => host.listeners.delete(listener)
      },
      close: () => {
        for (const peer of [...host.links.keys()]) this.#hangUp(self, host, peer, undefined)
        host.listeners.clear()
        host.online = false
      },
    }
  }

  /** Peers of different groups cannot reach one another until `heal`; links stay, frames are lost. */
  split(groups: ReadonlyMap<PeerId, number>): void {
    this.#partition = groups
  }

  heal(): void {
    this.#partition = undefined
  }

  /** The peer vanishes without a goodbye: the others learn of it when WebRTC would say so, or by heartbeat. */
  crash(peer: PeerId): void {
    const host = this.#hosts.get(peer)
    if (host === undefined) return
    host.online = false
    host.listeners.clear()
    for (const [other, link] of host.links)
      this.#clock.after(silentFailureMs, () => this.#end(other, peer, link.epoch, 'failed'))
    host.links.clear()
  }

  #find(self: PeerId, host: Host, count: number): void {
    const others: PeerId[] = []
    for (const [peer, { online }] of this.#hosts)
      if (online && peer !== self && this.#mayLink(self, peer)) others.push(peer)
    const peers = shuffle(others, this.#random).slice(0, count)
    this.#clock.after(this.#options.latencyMs(self, self), () => emit(host, { type: 'found', peers }))
  }

  #connect(self: PeerId, host: Host, peer: PeerId): void {
    if (!host.online || host.links.has(peer) || host.dialling.has(peer) || peer === self) return
    host.dialling.add(peer)
    const roundTripMs = 2 * this.#options.latencyMs(self, peer)
    this.#clock.after(2 * roundTripMs, () => {
      if (!host.dialling.delete(peer)) return
      const other = this.#hosts.get(peer)
      const isThere = other?.online === true
      if (isThere && host.online && !this.#isCut(self, peer) && this.#mayLink(self, peer)) {
        this.#establish(self, host, peer, other)
        return
      }
      const waitMs = isThere && this.#isCut(self, peer) ? dialTimeoutMs : 0
      this.#clock.after(waitMs, () => emit(host, { type: 'down', peer, reason: 'unreachable' }))
    })
  }

  #establish(a: PeerId, hostA: Host, b: PeerId, hostB: Host): void {
    if (hostA.links.has(b)) return
    const epoch = ++this.#epoch
    hostB.dialling.delete(a)
    hostA.links.set(b, { epoch, waitingBytes: 0, refused: false })
    hostB.links.set(a, { epoch, waitingBytes: 0, refused: false })
    emit(hostA, { type: 'up', peer: b })
    emit(hostB, { type: 'up', peer: a })
  }

  /** The other side hears a goodbye; this one `reason`, if it wants to hear anything. */
  #hangUp(self: PeerId, host: Host, peer: PeerId, reason: DownReason | undefined): void {
    const wasDialling = host.dialling.delete(peer)
    const link = host.links.get(peer)
    if (link === undefined && !wasDialling) return
    host.links.delete(peer)
    if (link !== undefined)
      this.#clock.after(this.#options.latencyMs(self, peer), () =>
        this.#end(peer, self, link.epoch, 'goodbye'),
      )
    if (reason !== undefined) this.#clock.after(0, () => emit(host, { type: 'down', peer, reason }))
  }

  #end(at: PeerId, gone: PeerId, epoch: number, reason: DownReason): void {
    const host = this.#hosts.get(at)
    if (host?.links.get(gone)?.epoch !== epoch) return
    host.links.delete(gone)
    emit(host, { type: 'down', peer: gone, reason })
  }

  #send(self: PeerId, host: Host, to: PeerId, lane: Lane, frame: Uint8Array): boolean {
    const link = host.links.get(to)
    if (link === undefined) return true
    const nowMs = this.#clock.now()
    const sendMs = (1_000 * frame.byteLength) / host.line.upBytesPerSecond
    const leavesAtMs = Math.max(nowMs, host.freeAtMs[lane]) + sendMs
    host.freeAtMs[lane] = leavesAtMs
    if (lane === 'bulk') link.waitingBytes += frame.byteLength
    const arrivesAtMs = leavesAtMs + this.#options.latencyMs(self, to)
    const { epoch } = link
    this.#clock.after(arrivesAtMs - nowMs, () => {
      if (lane === 'bulk') this.#drained(host, to, frame.byteLength)
      this.#deliver(self, to, epoch, lane, frame)
    })
    if (lane === 'control' || link.waitingBytes <= highMarkBytes) return true
    link.refused = true
    return false
  }

  #drained(host: Host, to: PeerId, bytes: number): void {
    const link = host.links.get(to)
    if (link === undefined) return
    link.waitingBytes -= bytes
    if (!link.refused || link.waitingBytes > lowMarkBytes) return
    link.refused = false
    emit(host, { type: 'writable', peer: to })
  }

  #deliver(from: PeerId, to: PeerId, epoch: number, lane: Lane, bytes: Uint8Array): void {
    const host = this.#hosts.get(to)
    if (host?.links.get(from)?.epoch !== epoch || this.#isCut(from, to)) return
    if (this.#options.lossShare > 0 && this.#random.next() < this.#options.lossShare) return
    this.delivered++
    emit(host, { type: 'frame', from, lane, bytes })
  }

  #mayLink(a: PeerId, b: PeerId): boolean {
    return this.#options.mayLink?.(a, b) ?? true
  }

  #isCut(a: PeerId, b: PeerId): boolean {
    return this.#partition !== undefined && this.#partition.get(a) !== this.#partition.get(b)
  }
}

function emit({ listeners }: Host, event: TransportEvent): void {
  for (const listener of [...listeners]) listener(event)
}
