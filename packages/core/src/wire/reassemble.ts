import type { Lane } from '../ports.ts'
import { chunksOf, parseFrame, payloadBytes } from './frame.ts'

/**
 * - `malformed`: not a frame, or one that contradicts the transfer's first. `oversized`: of a message above the cap.
 *   `duplicate`: a chunk that came before. No honest sender does these: `violation` is true.
 * - `gap`: chunks are missing, so the transfer is given up. `stray`: a later chunk of a transfer that is not open.
 *   `cancelled`: by the sender. Losses on the way explain these.
 */
export type DropReason = 'malformed' | 'oversized' | 'duplicate' | 'gap' | 'stray' | 'cancelled'

export type Reassembled =
  /** The caller owns `bytes`, which may be a view of the frame that was given. */
  | { readonly type: 'message'; readonly bytes: Uint8Array; readonly incomplete: number }
  /** More chunks have to come. */
  | { readonly type: 'partial'; readonly incomplete: number }
  | {
      readonly type: 'dropped'
      readonly reason: DropReason
      readonly violation: boolean
      readonly incomplete: number
    }

/** Puts one peer's frames together again. `incomplete` counts the unfinished transfers that a frame ended: 0 or 1. */
export interface Reassembler {
  /** Takes a frame and owns it from then on. Never throws. */
  accept(lane: Lane, bytes: Uint8Array): Reassembled
  /** Bytes allocated for unfinished messages; at most the sum of the caps of both lanes. */
  readonly heldBytes: number
}

interface Transfer {
  readonly id: number
  readonly buffer: Uint8Array
  /** The chunk that comes next. */
  chunk: number
}

/**
 * A reassembler that holds at most one unfinished message a lane, each at most `maxMessageBytes` long. Room for a
 * message is made when its first chunk is there and more must follow, and only if its declared length is allowed.
 * A first chunk of another transfer replaces an unfinished one.
 */
export function createReassembler(maxMessageBytes: Readonly<Record<Lane, number>>): Reassembler {
  const open: Record<Lane, Transfer | undefined> = { control: undefined, bulk: undefined }

  function close(lane: Lane): number {
    const incomplete = open[lane] === undefined ? 0 : 1
    open[lane] = undefined
    return incomplete
  }

  const drop = (lane: Lane, reason: DropReason): Reassembled => ({
    type: 'dropped',
    reason,
    violation: reason === 'malformed' || reason === 'oversized' || reason === 'duplicate',
    incomplete: reason === 'duplicate' || reason === 'stray' ? 0 : close(lane),
  })

  function accept(lane: Lane, bytes: Uint8Array): Reassembled {
    const parsed = parseFrame(bytes)
    if (!parsed.ok) return drop(lane, parsed.reason)
    const { frame } = parsed
    const transfer = open[lane]
    const continues = transfer?.id === frame.transferId
    if (frame.type === 'cancel') return drop(lane, continues ? 'cancelled' : 'stray')
    const { chunk, totalBytes, payload } = frame
    if (totalBytes > maxMessageBytes[lane]) return drop(lane, 'oversized')

    if (transfer === undefined || !continues) {
      if (chunk > 0) return drop(lane, transfer === undefined ? 'stray' : 'gap')
      const incomplete = close(lane)
      if (chunksOf(totalBytes) === 1) return { type: 'message', bytes: payload, incomplete }
      const buffer = new Uint8Array(totalBytes)
      buffer.set(payload)
      open[lane] = { id: frame.transferId, buffer, chunk: 1 }
      return { type: 'partial', incomplete }
    }

    if (totalBytes !== transfer.buffer.length) return drop(lane, 'malformed')
    if (chunk < transfer.chunk) return drop(lane, 'duplicate')
    if (chunk > transfer.chunk) return drop(lane, 'gap')
    transfer.buffer.set(payload, chunk * payloadBytes)
    transfer.chunk++
    if (transfer.chunk < chunksOf(totalBytes)) return { type: 'partial', incomplete: 0 }
    open[lane] = undefined
    return { type: 'message', bytes: transfer.buffer, incomplete: 0 }
  }

  return {
    accept,
    get heldBytes() {
      return (open.control?.buffer.length ?? 0) + (open.bulk?.buffer.length ?? 0)
    },
  }
}
