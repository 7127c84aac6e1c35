import type { DownReason, PeerId } from '../ports.ts'
import type { Refusal } from '../strategy/strategy.ts'
import type { Message } from '../wire/message.ts'

/** When an event happened, and what the runtime knew then. */
export interface Moment {
  /** The Clock's time. */
  readonly nowMs: number
  /** No weights of this node are still on their way out. */
  readonly uplinkIdle: boolean
}

/** What happens to a node. */
export type NodeEvent =
  | { readonly type: 'start' | 'pause' | 'settle' | 'leave' | 'tick' }
  // from the transport
  | { readonly type: 'found'; readonly peers: readonly PeerId[] }
  | { readonly type: 'up'; readonly peer: PeerId }
  | { readonly type: 'down'; readonly peer: PeerId; readonly reason: DownReason }
  | { readonly type: 'message'; readonly from: PeerId; readonly message: Message }
  /** Bytes that did not decode; `violation` says whether an honest peer could have sent them. */
  | {
      readonly type: 'dropped'
      readonly from: PeerId
      readonly reason: string
      readonly violation: boolean
    }
  // from the trainer: each ends the operation that made the node busy
  | Trained
  | { readonly type: 'offered'; readonly tookMs: number }
  | {
      readonly type: 'merged'
      readonly from: PeerId
      readonly outcome: MergeOutcome
      readonly tookMs: number
    }
  | { readonly type: 'gathered'; readonly outcome: MergeOutcome; readonly tookMs: number }
  | { readonly type: 'gave' }
  /** The served model became the training replica, at the end of settling. */
  | { readonly type: 'settled' }
  /** The device is gone for good: no backend could go on. */
  | { readonly type: 'failed'; readonly detail: string }

export interface Trained {
  readonly type: 'trained'
  readonly steps: number
  readonly samples: number
  readonly loss: number
  readonly tookMs: number
}

export type MergeOutcome =
  /** `distance` is relative to the norm of this node's model. */
  | { readonly type: 'accepted'; readonly distance: number }
  | { readonly type: 'adopted' }
  /** Kept for a later merge, or nothing to merge. */
  | { readonly type: 'held' }
  /** Refused for its quality: counted, never punished. */
  | { readonly type: 'refused'; readonly reason: Refusal | 'loss' }
  /** Undecodable, not finite or of another layout. */
  | { readonly type: 'violation'; readonly reason: string }
  /** The exchange it belonged to was given up meanwhile, or something that it builds on was lost. */
  | { readonly type: 'late'; readonly reason: 'late' | 'no-reference' }
