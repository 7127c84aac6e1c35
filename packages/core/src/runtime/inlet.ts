import type { Lane, PeerId } from '../ports.ts'
import { decode } from '../wire/decode.ts'
import { carriesWeights, type Message } from '../wire/message.ts'
import { createReassembler, type Reassembler } from '../wire/reassemble.ts'

interface Dropped {
  readonly type: 'dropped'
  readonly reason: string
  readonly violation: boolean
}

export type Arriving =
  | { readonly type: 'message'; readonly message: Message }
  | Dropped
  /** To be sent back: how much bulk was consumed. */
  | { readonly type: 'credit'; readonly bytes: number }

interface Source {
  readonly reassembler: Reassembler
  consumed: number
  credited: number
}

const mostControlBytes = 4 * 1024
const creditEveryBytes = 64 * 1024

/**
 * Everything that comes in: frames become messages, and what an honest peer would not send is named. Holds at
 * most one unfinished message on each lane for each neighbour: `mostBulkBytes` + 4 KiB.
 */
export class Inlet {
  readonly #mostBulkBytes: number
  readonly #sources = new Map<PeerId, Source>()

  constructor(mostBulkBytes: number) {
    this.#mostBulkBytes = mostBulkBytes
  }

  open(peer: PeerId): void {
    this.#sources.set(peer, {
      reassembler: createReassembler({ control: mostControlBytes, bulk: this.#mostBulkBytes }),
      consumed: 0,
      credited: 0,
    })
  }

  close(peer: PeerId): void {
    this.#sources.delete(peer)
  }

  /** Bytes held in unfinished messages. */
  get heldBytes(): number {
    let sum = 0
    for (const { reassembler } of this.#sources.values()) sum += reassembler.heldBytes
    return sum
  }

  /** Takes one frame, whose bytes it owns, and says what came of it. */
  take(from: PeerId, lane: Lane, frame: Uint8Array): readonly Arriving[] {
    const source = this.#sources.get(from)
    if (source === undefined) return []
    const result = source.reassembler.accept(lane, frame)
    const arrivals: Arriving[] = []
    if (lane === 'bulk') source.consumed += frame.byteLength
    if (result.incomplete > 0) arrivals.push(dropped('incomplete', false))
    if (result.type === 'dropped' && result.reason !== 'cancelled')
      arrivals.push(dropped(result.reason, result.violation))
    if (result.type === 'message') arrivals.push(understood(result.bytes, lane))
    const isCreditDue =
      source.consumed - source.credited >= creditEveryBytes ||
      (result.type !== 'partial' && source.consumed > source.credited)
    if (lane === 'bulk' && isCreditDue) {
      source.credited = source.consumed
      arrivals.push({ type: 'credit', bytes: source.consumed })
    }
    return arrivals
  }
}

function understood(bytes: Uint8Array, lane: Lane): Arriving {
  const decoded = decode(bytes)
  if (!decoded.ok) return dropped(decoded.reason, true)
  const { message } = decoded
  if (carriesWeights(message) !== (lane === 'bulk')) return dropped('wrong-lane', true)
  return { type: 'message', message }
}

const dropped = (reason: string, violation: boolean): Dropped => ({ type: 'dropped', reason, violation })
