import type { PeerId } from '../ports.ts'

/** How peers talk while they train. The final merge (`settle`) is always pairs. */
export type Talk =
  /** Ask one neighbour and get its model back; both merge. */
  | { readonly type: 'pair' }
  /** Send to one neighbour, nothing comes back. `gathers`: what arrives is merged at own exchanges, not at once. */
  | { readonly type: 'push'; readonly gathers: boolean }
  /** Send to all neighbours; what arrives is merged at own exchanges. */
  | { readonly type: 'broadcast' }
  /**
   * Send to all neighbours and do not train until models of this share of the connected ones are there, or the time
   * is up. The only pattern that waits: a baseline.
   */
  | { readonly type: 'round'; readonly quorum: number; readonly timeoutMs: number }

/** How far a peer has come. What a neighbour says of itself may be a lie. */
export interface Progress {
  readonly steps: number
  /** Examples it trains on. */
  readonly samples: number
}

/** What surrounds a merge. */
export interface Occasion {
  /** What differences are taken from: own parameters, or those sent when the exchange began. Only read. */
  readonly reference: Float32Array
  readonly self: Progress
  /** Own steps between exchanges. */
  readonly everySteps: number
}

/** What arrived from a neighbour, decoded and of the right layout, every value finite. */
export interface Received extends Occasion {
  readonly from: PeerId
  /** Their parameters. The strategy takes ownership and may write into it. */
  readonly theirs: Float32Array
  readonly sender: Progress
  /** Mass that came along (push-sum); 1 where none travels. */
  readonly mass: number
}

/** What a merge would do. */
export interface Move {
  /** From the reference to the model to be merged; whoever holds the move owns it. */
  readonly difference: Float32Array
  /** Part of the difference that the training replica takes. */
  readonly share: number
  /** Factor on the difference, below 1 where it is longer than trusted. */
  readonly scale: number
  /** L2 norm of the difference as it came. */
  readonly distance: number
  readonly mass: number
  /** Whether the difference is the received model minus the reference, untouched. */
  readonly direct?: true
  /** To be checked before the move is made, with share but without scale. */
  readonly lossGate?: LossGate
}

/** The training loss on own examples may be at most `factor` x the loss before + `margin` nats. */
export interface LossGate {
  readonly factor: number
  readonly margin: number
  /** Nats that a move may raise the loss by and still count whole; one that raises it by more is scaled by usual / increase. */
  readonly usual?: number
}

export type Refusal = 'too-far' | 'too-different'

export type Proposal =
  | ({ readonly type: 'move' } & Move)
  | { readonly type: 'refused'; readonly reason: Refusal }
  /** Kept for a later merge, or nothing to merge. */
  | { readonly type: 'held' }

/** Plain data that the caller keeps and never shares between peers. */
export interface StrategyState {
  /** What the source and the part that the strategy is made of keep. */
  readonly source: unknown
  readonly part: unknown
  /** R, the served model: a moving average of what this peer and its neighbours know. Begins with the first merge. */
  readonly served: Float32Array | undefined
}

/**
 * A gossip rule: functions over plain state; buffers of a next state may be those of the old one, updated. `receive`
 * and `gather` say what a merge would do; the runtime checks that against own examples; `accept` then makes it so.
 */
export interface Strategy {
  readonly talk: Talk
  /** Whether `accept` may answer anything but share x scale x difference. */
  readonly reshapes: boolean
  /** `served` is what an earlier life served, where there was one; the state takes ownership. */
  init(served?: Float32Array): StrategyState
  /** Own weights leave for `count` neighbours. Returns the mass that goes with each. */
  send(state: StrategyState, count: number): readonly [StrategyState, number]
  receive(state: StrategyState, received: Received): readonly [StrategyState, Proposal]
  /** An own exchange: merges what arrived since. What came from others than `neighbours` may be forgotten. */
  gather(
    state: StrategyState,
    occasion: Occasion,
    neighbours: readonly PeerId[],
  ): readonly [StrategyState, Proposal]
  /** What the check of the loss gate found, whatever came of it: the loss with the move minus the loss without, in nats. */
  weighed(state: StrategyState, increase: number): StrategyState
  /**
   * Takes an accepted move in. Returns what the trainer must add to its parameters, perhaps in the buffer of the move's
   * difference; the state keeps neither.
   */
  accept(state: StrategyState, occasion: Occasion, move: Move): readonly [StrategyState, Float32Array]
  /** The model a user should use, owned by the state: only read it. Undefined before the first merge: own it is. */
  served(state: StrategyState): Float32Array | undefined
  /** Starts over from given parameters, as a newcomer does from a neighbour's served model. */
  adopt(state: StrategyState, params: Float32Array): StrategyState
  /**
   * Moves the served model (`own` where there is none yet) by `share` (default 1/2) of the way to a neighbour's, for the
   * final merge. Returns the relative distance before.
   */
  agree(
    state: StrategyState,
    own: Float32Array,
    theirs: Float32Array,
    share?: number,
  ): readonly [StrategyState, number]
}
