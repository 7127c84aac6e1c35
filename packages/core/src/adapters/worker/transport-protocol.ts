import type { Lane, PeerId, TransportEvent } from '../../ports.ts'

/** What a node in a worker asks of the transport on the page. Frames are transferred, never copied. */
export type ToTransport =
  | { readonly type: 'find'; readonly count: number }
  | { readonly type: 'connect' | 'disconnect'; readonly peer: PeerId }
  | {
      readonly type: 'send'
      readonly to: PeerId
      readonly lane: Lane
      readonly frame: Uint8Array<ArrayBuffer>
    }
  /** Frames that the worker has taken in since the last of these, in bytes. */
  | { readonly type: 'heard'; readonly from: PeerId; readonly bytes: number }
  | { readonly type: 'close' }

export type FromTransport =
  | Exclude<TransportEvent, { type: 'writable' }>
  /** Bulk bytes that the data channel took since the last of these: the worker's account of what is on its way. */
  | { readonly type: 'taken'; readonly peer: PeerId; readonly bytes: number }
