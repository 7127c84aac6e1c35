import type { PeerId, Transport } from '../ports.ts'
import { encode } from '../wire/encode.ts'
import { cancelFrame, framesOf } from '../wire/frame.ts'
import { carriesWeights, type Message, type MessageType } from '../wire/message.ts'

/** Bulk bytes that may be under way to a neighbour beyond what it said it has consumed. */
export const windowBytes: number = 1024 * 1024

interface Transfer {
  readonly type: MessageType
  readonly id: number
  readonly frames: Iterator<Uint8Array>
}

/** What waits for one neighbour. */
interface Lane {
  readonly queue: Transfer[]
  next: Uint8Array | undefined
  sent: number
  credited: number
  writable: boolean
  sentMs: number
}

/** Weights that a neighbour has not acknowledged for this long no longer keep the uplink from counting as idle. */
const forgottenMs = 2_000
/** Credit that did not come for this long is taken as lost on the way: the window opens again. */
const lostMs = 5_000

/**
 * Everything on its way out. Control messages leave at once, in one frame. Messages with weights wait for each
 * neighbour in a queue of their own, in which a newer one of a kind replaces an older that has not begun; their
 * frames leave as the neighbour's credit and the transport's buffer allow.
 */
export class Outbox {
  readonly #transport: Transport
  readonly #onSent: (to: PeerId, lane: 'control' | 'bulk', bytes: number) => void
  readonly #lanes = new Map<PeerId, Lane>()
  #transferId = 0

  constructor(transport: Transport, onSent: (to: PeerId, lane: 'control' | 'bulk', bytes: number) => void) {
    this.#transport = transport
    this.#onSent = onSent
  }

  open(peer: PeerId): void {
    this.#lanes.set(peer, { queue: [], next: undefined, sent: 0, credited: 0, writable: true, sentMs: 0 })
  }

  close(peer: PeerId): void {
    this.#lanes.delete(peer)
  }

  /** Messages for a peer that is not up are dropped. */
  send(to: PeerId, message: Message, nowMs: number): void {
    const lane = this.#lanes.get(to)
    if (lane === undefined) return
    this.#transferId = (this.#transferId + 1) >>> 0
    const frames = framesOf(encode(message), this.#transferId)
    if (!carriesWeights(message)) {
      for (const frame of frames) {
        this.#onSent(to, 'control', frame.byteLength)
        this.#transport.send(to, 'control', frame)
      }
      return
    }
    const isUnderWay = lane.next !== undefined
    const waiting = lane.queue.findIndex(({ type }, i) => type === message.type && (i > 0 || !isUnderWay))
    const transfer = { type: message.type, id: this.#transferId, frames: frames[Symbol.iterator]() }
    if (waiting === -1) lane.queue.push(transfer)
    else lane.queue[waiting] = transfer
    this.#pump(to, lane, nowMs)
  }

  /** Takes back messages of a kind that are not wholly sent, so that the rest of them costs nothing. */
  cancel(to: PeerId, type: MessageType): void {
    const lane = this.#lanes.get(to)
    const [first] = lane?.queue ?? []
    if (lane === undefined || first === undefined) return
    if (first.type === type && lane.next !== undefined) {
      lane.next = undefined
      const frame = cancelFrame(first.id)
      lane.sent += frame.byteLength
      this.#onSent(to, 'bulk', frame.byteLength)
      this.#transport.send(to, 'bulk', frame)
    }
    lane.queue.splice(0, lane.queue.length, ...lane.queue.filter((transfer) => transfer.type !== type))
  }

  /** The neighbour says how many bulk bytes it consumed since the link came up. False where it cannot be true. */
  credit(from: PeerId, bytes: number, nowMs: number): boolean {
    const lane = this.#lanes.get(from)
    if (lane === undefined) return true
    if (bytes > lane.sent) return false
    lane.credited = Math.max(lane.credited, bytes)
    this.#pump(from, lane, nowMs)
    return true
  }

  writable(peer: PeerId, nowMs: number): void {
    const lane = this.#lanes.get(peer)
    if (lane === undefined) return
    lane.writable = true
    this.#pump(peer, lane, nowMs)
  }

  /** Whether no weights are on their way to a neighbour that still takes them. */
  isIdle(nowMs: number): boolean {
    for (const { queue, sent, credited, sentMs } of this.#lanes.values())
      if ((queue.length > 0 || sent > credited) && nowMs - sentMs < forgottenMs) return false
    return true
  }

  #pump(to: PeerId, lane: Lane, nowMs: number): void {
    while (lane.writable) {
      const [transfer] = lane.queue
      if (transfer === undefined) return
      const frame = lane.next ?? nextOf(transfer)
      if (frame === undefined) {
        lane.queue.shift()
        continue
      }
      lane.next = frame
      const bytes = frame.byteLength
      if (lane.sent + bytes - lane.credited > windowBytes) {
        if (nowMs - lane.sentMs < lostMs) return
        lane.credited = lane.sent
      }
      lane.next = nextOf(transfer)
      if (lane.next === undefined) lane.queue.shift()
      lane.sent += bytes
      lane.sentMs = nowMs
      this.#onSent(to, 'bulk', bytes)
      lane.writable = this.#transport.send(to, 'bulk', frame)
    }
  }
}

function nextOf({ frames }: Transfer): Uint8Array | undefined {
  const { done, value } = frames.next()
  return done === true ? undefined : value
}
