import type { Ema } from '../lib/ema.ts'
import { emptyRing, type Ring } from '../lib/ring.ts'
import type { View } from '../overlay/view.ts'
import type { PeerId, Random } from '../ports.ts'
import type { Talk } from '../strategy/strategy.ts'
import type { GossipSpec } from '../task/task.ts'
import type { Message, Subject } from '../wire/message.ts'
import { protocolVersion } from '../wire/message.ts'
import type { PeerStatus, Status } from './snapshot.ts'

/** What stays the same for a node's whole life. */
export interface NodeConfig {
  readonly self: PeerId
  readonly name: string
  readonly taskId: string
  /** Of the layout: only peers with the same one can merge. */
  readonly fingerprint: string
  /** Own training examples. */
  readonly samples: number
  readonly gossip: GossipSpec
  readonly talk: Talk
  /** Size of one exchange message, in bytes: up to 64 KiB is pushed, more is announced first. */
  readonly exchangeBytes: number
  /** How long a slice of training may take before messages are looked at again. */
  readonly sliceMs: number
}

/** A connected peer. */
export interface Neighbour {
  readonly id: PeerId
  readonly state: PeerStatus
  readonly name: string
  readonly steps: number
  readonly upSinceMs: number
  /** Steps that it had made when it said hello; undefined before. */
  readonly stepsAtHello: number | undefined
  /** Mean time of a step since then, exchanges included, as its heartbeats tell; undefined while it tells too little. */
  readonly stepMs: number | undefined
  readonly heardMs: number
  readonly rttMs: number | undefined
  /** When an exchange with it was last begun, as asker or answerer; minus infinity before the first. */
  readonly exchangedMs: number
  readonly mergedMs: number | undefined
  /** Merges with it that the guard refused, halved by each one it accepted. */
  readonly refusals: number
  readonly score: number
}

/** A message with weights that waits for the next step boundary. */
export interface Arrival {
  readonly from: PeerId
  readonly message: Extract<Message, { type: 'ask' | 'reply' | 'model' | 'pull' | 'push' }>
}

/** An exchange that this node began and that is not answered yet. */
export interface Pending {
  readonly id: number
  readonly peer: PeerId
  readonly subject: Subject
  readonly sinceMs: number
  /**
   * `announced`: waits for `want`; `wanted`: to be sent at the next boundary; `asked`: weights are out;
   * `pulled`: waits for a served model; `answered`: the answer is in the inbox.
   */
  readonly stage: 'announced' | 'wanted' | 'asked' | 'pulled' | 'answered'
}

/** Own weights went out, and what others sent is to be merged: at once, or when enough have (talk `round`). */
export interface Round {
  readonly sinceMs: number
  /** Whom they went to. */
  readonly to: readonly PeerId[]
}

export interface NodeState {
  readonly config: NodeConfig
  readonly status: Status
  readonly steps: number
  readonly samplesSeen: number
  /** Of the last slice; NaN before the first. */
  readonly loss: number
  /** Smoothed time of a step. */
  readonly stepMs: Ema
  /** Smoothed time that sending or merging one set of weights takes from training. */
  readonly weightsMs: Ema
  /** How many asks may be answered before training goes on; may be a fraction, and below zero. */
  readonly answersLeft: number
  readonly stepsSinceExchange: number
  /** When this node last began an exchange. */
  readonly begunMs: number
  readonly everySteps: number
  readonly merges: number
  /** The trainer is at work; it gets one operation at a time. */
  readonly busy: boolean
  readonly inbox: readonly Arrival[]
  readonly pending: Pending | undefined
  readonly round: Round | undefined
  /** Neighbours whose models are kept for the next own merge. */
  readonly delivered: readonly PeerId[]
  /** Of the newest exchanges. */
  readonly roundTripsMs: Ring<number>
  readonly neighbours: readonly Neighbour[]
  readonly dialling: readonly PeerId[]
  readonly view: View
  readonly foundMs: number
  readonly nextId: number
  readonly rejected: Readonly<Record<string, number>>
  readonly settling: Settling | undefined
}

/** The final merge: when it began, and each neighbour's last relative distance to this node's served model. */
export interface Settling {
  readonly sinceMs: number
  readonly distances: Readonly<Record<PeerId, number>>
}

export function initialState(config: NodeConfig, random: Random): NodeState {
  const { everySteps } = config.gossip
  const every = everySteps === 'auto' ? 10 : everySteps
  return {
    config,
    status: 'idle',
    steps: 0,
    samplesSeen: 0,
    loss: Number.NaN,
    stepMs: undefined,
    weightsMs: undefined,
    answersLeft: 0,
    // A random phase, so that peers that start together do not all ask at once.
    stepsSinceExchange: Math.floor(random.next() * every),
    begunMs: Number.NEGATIVE_INFINITY,
    everySteps: every,
    merges: 0,
    busy: false,
    inbox: [],
    delivered: [],
    roundTripsMs: emptyRing(20),
    neighbours: [],
    dialling: [],
    view: [],
    foundMs: Number.NEGATIVE_INFINITY,
    nextId: 1,
    rejected: {},
    pending: undefined,
    settling: undefined,
    round: undefined,
  }
}

export const neighbourOf = (state: NodeState, id: PeerId): Neighbour | undefined =>
  state.neighbours.find((neighbour) => neighbour.id === id)

export function withNeighbour(state: NodeState, id: PeerId, change: Partial<Neighbour>): NodeState {
  const at = state.neighbours.findIndex((neighbour) => neighbour.id === id)
  const before = state.neighbours[at]
  return before === undefined
    ? state
    : { ...state, neighbours: state.neighbours.with(at, { ...before, ...change }) }
}

export const counted = (state: NodeState, reason: string): NodeState => ({
  ...state,
  rejected: { ...state.rejected, [reason]: (state.rejected[reason] ?? 0) + 1 },
})

export const withoutPending = (state: NodeState): NodeState => ({ ...state, pending: undefined })

export const withoutRound = (state: NodeState): NodeState => ({ ...state, round: undefined })

/** What this node says first on a new link. */
export const hello = ({ config, steps }: NodeState): Message => ({
  type: 'hello',
  version: protocolVersion,
  taskId: config.taskId,
  fingerprint: config.fingerprint,
  name: config.name,
  samples: config.samples,
  steps,
})
