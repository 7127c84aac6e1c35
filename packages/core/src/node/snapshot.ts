import type { DiscoveryStatus, PeerId } from '../ports.ts'

export type Status = 'idle' | 'training' | 'paused' | 'settling' | 'left' | 'failed'

/** `joining` until both sides said hello; `suspect` after 3 s of silence. */
export type PeerStatus = 'joining' | 'connected' | 'suspect'

export interface Traffic {
  readonly up: number
  readonly down: number
}

export interface PeerSnapshot {
  readonly id: PeerId
  /** As the peer calls itself: hostile until shown as text. At most 64 characters, no control characters. */
  readonly name: string
  readonly state: PeerStatus
  readonly rttMs?: number
  readonly bytesUp: number
  readonly bytesDown: number
  /** Bytes a second, smoothed. */
  readonly rateUp: number
  readonly rateDown: number
  /** Steps that the peer says it has trained. */
  readonly steps: number
  /** Milliseconds since the last accepted merge with it; absent before the first. */
  readonly lastMergeMs?: number
  /** 1 is unblemished; violations of the protocol lower it, at 0 the peer is dropped. */
  readonly score: number
}

/** As in an Evaluation: where a number is learned accuracy is R squared, and there are no classes. */
export interface Measured {
  readonly loss: number
  readonly accuracy: number
  /** By class; NaN for a class without test examples. */
  readonly perClass: readonly number[]
}

/** One line of what happened, oldest first; the UI turns the type into a sentence. */
export type LogEntry = { readonly id: number; readonly atMs: number } & (
  | { readonly type: 'peer-up' | 'peer-down' | 'peer-suspect'; readonly peer: PeerId; readonly name: string }
  | { readonly type: 'merged'; readonly peer: PeerId; readonly name: string; readonly count: number }
  | { readonly type: 'adopted'; readonly peer: PeerId; readonly name: string }
  | { readonly type: 'rejected'; readonly peer: PeerId; readonly name: string; readonly reason: string }
  | { readonly type: 'status'; readonly status: Status }
  | { readonly type: 'backend'; readonly name: string; readonly why: string }
  | { readonly type: 'signaling'; readonly status: DiscoveryStatus }
  | { readonly type: 'problem'; readonly code: ProblemCode; readonly detail: string }
)

/** Failures of the environment; the UI maps each to a sentence and a next action. */
export type ProblemCode =
  | 'no-webgpu'
  | 'no-webrtc'
  | 'no-signaling'
  | 'no-backend'
  | 'device-lost'
  | 'worker-failed'
  | 'bad-data'
  | 'storage-full'
  | 'model-too-large'
  | 'loss-not-finite'

export interface Problem {
  readonly code: ProblemCode
  readonly detail: string
  /** Of `loss-not-finite`: a lower rate to go on with on this device alone; the room's task stays as it is. */
  readonly learningRate?: number
}

/** What a UI sees of a session. Immutable; the same reference while nothing changed. */
export interface Snapshot {
  readonly status: Status
  readonly peerId: PeerId
  readonly backend: { readonly name: string; readonly adapter: string; readonly why: string }
  readonly steps: number
  readonly epochs: number
  readonly samplesPerSecond: number
  /** Number of training examples of each class here: 0 marks a class that is not in this peer's data. */
  readonly ownClassCounts: readonly number[]
  /** The replica that trains. Loss is the training loss; accuracy appears once it was evaluated on test data. */
  readonly own: { readonly loss: number; readonly accuracy?: number; readonly perClass?: readonly number[] }
  /** The model a user should use; absent until it was evaluated on test data. */
  readonly served?: Measured
  readonly merges: number
  /** Steps between exchanges, as currently adapted. */
  readonly everySteps: number
  readonly peers: readonly PeerSnapshot[]
  readonly bytes: Traffic & { readonly byKind: Readonly<Record<string, Traffic>> }
  /** Dropped frames, messages and merges, by reason. */
  readonly rejected: Readonly<Record<string, number>>
  readonly signaling: DiscoveryStatus
  /** The newest 200 entries. */
  readonly log: readonly LogEntry[]
  /** Conditions that hold now and that the user may act on. */
  readonly problems: readonly Problem[]
}
