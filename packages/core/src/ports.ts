/**
 * What a node needs from the world. A browser tab, a Node process and the simulator each give their own; the
 * node never asks which. Types only: this file imports nothing, everything imports it.
 *
 * Asynchronous answers are `PromiseLike`, not `Promise`: the simulator answers at a virtual time without a
 * microtask in between, so one seed replays bit for bit. Code on this side of the ports chains with `.then`.
 */

export type Unsubscribe = () => void

// ---------------------------------------------------------------- Transport

/** Lower-case hex of the peer's Ed25519 public key (64 characters); in simulations any unique string. */
export type PeerId = string

/** Frames of a lane arrive in order; those of `control` overtake those of `bulk`. */
export type Lane = 'control' | 'bulk'

/** Why a link ended: it said goodbye, closed, failed, could not be dialled, or this side hung up. */
export type DownReason = 'goodbye' | 'closed' | 'failed' | 'unreachable' | 'hung-up'

export type TransportEvent =
  /** Candidates for neighbours, in answer to `find`; may name peers already connected. */
  | { readonly type: 'found'; readonly peers: readonly PeerId[] }
  /** Both lanes to the peer are open. */
  | { readonly type: 'up'; readonly peer: PeerId }
  /** The link is gone (or never came to be after `connect`). Nothing more arrives from this peer until `up`. */
  | { readonly type: 'down'; readonly peer: PeerId; readonly reason: DownReason }
  /** One frame, whole. The listener owns `bytes`, which fill their buffer or are a view of it. */
  | { readonly type: 'frame'; readonly from: PeerId; readonly lane: Lane; readonly bytes: Uint8Array }
  /** The peer sends faster than its credit allows and than this side takes; what it sends is dropped from now on. */
  | { readonly type: 'flooded'; readonly peer: PeerId }
  /** The bulk lane, which had refused, takes frames again. */
  | { readonly type: 'writable'; readonly peer: PeerId }

export interface Transport {
  readonly self: PeerId
  /** The largest frame that `send` takes, in bytes. */
  readonly maxFrameBytes: number
  /** Asks discovery for up to `count` peers of the room; `found` answers, or nothing does while discovery is away. */
  find(count: number): void
  /** Begins a link; `up` or `down` follows. Does nothing for a peer that is connected or being dialled. */
  connect(peer: PeerId): void
  /** Ends a link at once, after a goodbye where that is possible; `down` with `hung-up` follows on this side. */
  disconnect(peer: PeerId): void
  /**
   * Hands over one frame and its bytes. True when the lane takes more at once; false means that the bulk lane
   * is above its high mark and the caller waits for `writable` (this frame was still taken). Frames for a peer
   * that is not up are dropped and true comes back: `down` tells the caller.
   */
  send(to: PeerId, lane: Lane, frame: Uint8Array): boolean
  listen(listener: (event: TransportEvent) => void): Unsubscribe
  /** Says goodbye on every link, closes them, and falls silent. */
  close(): void
}

// ---------------------------------------------------------------- Discovery (the transport's side)

export type DiscoveryStatus = 'connected' | 'retrying' | 'off'

export type DiscoveryEvent =
  | { readonly type: 'peers'; readonly peers: readonly PeerId[] }
  | { readonly type: 'box'; readonly from: PeerId; readonly box: string }
  | { readonly type: 'gone'; readonly peer: PeerId }
  | { readonly type: 'status'; readonly status: DiscoveryStatus }

/** Finds some peers of a room and relays opaque boxes to them; it never sees what they exchange afterwards. */
export interface Discovery {
  readonly self: PeerId
  status(): DiscoveryStatus
  /** Asks for up to `count` more peers; answered by `peers` when discovery can be reached. */
  need(count: number): void
  /** Best effort: a box for a peer that is gone, or sent while discovery is away, is lost. */
  relay(to: PeerId, box: string): void
  listen(listener: (event: DiscoveryEvent) => void): Unsubscribe
  close(): void
}

// ---------------------------------------------------------------- Trainer

/**
 * Examples in one array, row-major: `inputs.length === labels.length * product(shape)`. Of text an example is a window of
 * `context` tokens, shape [context], and its label the token after the window; `textExamples` cuts them.
 */
export interface Examples {
  /** A Uint8Array is scaled by 1/255 on the device; of text it holds token numbers, as they are. */
  readonly inputs: Float32Array | Uint8Array
  /** Class indices; of text token numbers; where numbers are learned the numbers, in their own unit. */
  readonly labels: Uint8Array | Int32Array | Float32Array
  /** Shape of ONE example, e.g. [28, 28, 1]. */
  readonly shape: readonly number[]
}

export interface TensorLayout {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: 'float32'
}

/** How a model's tensors lie in one flat Float32Array: in this order, each row-major, without gaps. */
export interface Layout {
  readonly tensors: readonly TensorLayout[]
  /** Number of parameters in all. */
  readonly size: number
  /** 16 hex digits of a hash over names, shapes and dtypes: equal if and only if two peers can merge. */
  readonly fingerprint: string
}

/** What a slice of training did. */
export interface Trained {
  readonly steps: number
  readonly samples: number
  /** Mean training loss of the slice (logit-adjusted where the task says so). Not finite: training ran away. */
  readonly loss: number
}

/**
 * What a model is worth. Of text every position of every window counts: its classes are the tokens, and it chooses the next
 * one. Where a number is learned there are no classes.
 */
export interface Evaluation {
  /** Mean cross-entropy without logit adjustment, in nats; of numbers the mean squared error, in deviations of the task. */
  readonly loss: number
  /**
   * Share of choices whose arg max is the label, 0 to 1. Of numbers R squared, the share of their variance that is
   * explained: 1 at best, below 0 where their mean would say more, NaN where they are all the same.
   */
  readonly accuracy: number
  /** Accuracy of each class; NaN for a class without examples. */
  readonly perClass: readonly number[]
  /** confusion[label][predicted], counts. */
  readonly confusion: readonly (readonly number[])[]
  /** How many choices were made: one for each example, of text one for each token. */
  readonly count: number
}

/** A model as a neighbour sent it: its length and all its values and scales were checked. */
export interface EncodedModel {
  readonly codec: 'float16' | 'int8'
  /** One model, as the codec of that name writes it. */
  readonly bytes: Uint8Array
}

/** A move that the own parameters might make. */
export interface PossibleMove {
  /** In layout order, as it would be added at share 1. */
  readonly difference: Float32Array
  /** Part of the difference to be judged. */
  readonly share: number
  /** What decodes to own + difference, where such bytes travelled: less to take in for a device that decodes. */
  readonly encoded?: EncodedModel
}

/** Mean loss over the probe (see `probe`) of the own parameters, and of own + share x difference. */
export interface Weighed {
  readonly before: number
  readonly after: number
}

/**
 * Trains one replica on this peer's own examples. Operations are asked for one at a time: the next only after
 * the previous answer. A rejected answer means that the device failed; the parameters are then those of the
 * last successful operation or somewhat older, never garbage.
 */
export interface Trainer {
  readonly layout: Layout
  /** Number of own training examples. */
  readonly samples: number
  train(steps: number): PromiseLike<Trained>
  /**
   * A copy of the parameters in layout order; the caller owns it. A trainer may put it into `into`, of the layout's
   * size, and answer with that: in a browser new memory costs more than the copy.
   */
  read(into?: Float32Array): PromiseLike<Float32Array>
  /** Replaces the parameters; `params` is only read. */
  write(params: Float32Array): PromiseLike<void>
  /**
   * Adds `delta` to the parameters in place; `delta` is only read. `timesWeighed` says that it is that many times the
   * difference last weighed: a trainer that still holds that need not take it in again, and may round otherwise.
   */
  add(delta: Float32Array, timesWeighed?: number): PromiseLike<void>
  /**
   * Moves the parameters by `share` of the way to a model: own += share x (model - own), from the bytes that travelled,
   * which are only read. A trainer that gains nothing by that has no `approach`; others may round otherwise than `add`
   * would.
   */
  approach?(model: EncodedModel, share: number): PromiseLike<void>
  /**
   * Mean loss of given parameters over a fixed probe of at most 32 own training examples: the loss that training
   * minimises, logit adjustment included. (Without it a peer would take a model that knows classes it has never
   * seen for a bad one.)
   */
  probe(params: Float32Array): PromiseLike<number>
  /**
   * What two probes would answer, without own parameters that come and go; a trainer that gains nothing by it has no
   * `weigh`. The move is only read, before the answer.
   */
  weigh?(move: PossibleMove): PromiseLike<Weighed>
  /** Evaluates given parameters, or the training replica where none are given. */
  evaluate(examples: Examples, params?: Float32Array): PromiseLike<Evaluation>
  /** Class probabilities, row-major [count, classes]; of text those of the token after each window. Or numbers, [count]. */
  predict(inputs: Float32Array | Uint8Array, params?: Float32Array): PromiseLike<Float32Array>
  dispose(): void
}

// ---------------------------------------------------------------- Clock, Random, Store

export interface Clock {
  /** Milliseconds since some fixed moment; never runs backwards. */
  now(): number
  /** Runs once after `ms`; the answer cancels. */
  after(ms: number, run: () => void): Unsubscribe
}

export interface Random {
  /** A number in [0, 1). */
  next(): number
}

/** Bytes by key. Keys are `/`-separated paths of [a-z0-9-]; a write replaces the whole value or fails and leaves the old. */
export interface Store {
  /** A copy that the caller owns, or undefined. */
  load(key: string): PromiseLike<Uint8Array | undefined>
  /** Only reads `bytes`, before it returns. */
  save(key: string, bytes: Uint8Array): PromiseLike<void>
  remove(key: string): PromiseLike<void>
  /** Keys that begin with `prefix`, sorted. */
  list(prefix: string): PromiseLike<readonly string[]>
  /** Removes every key that begins with `prefix`. */
  clear(prefix: string): PromiseLike<void>
}
