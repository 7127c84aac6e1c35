import type { Measured, PeerSnapshot, Problem, Snapshot } from '../node/snapshot.ts'
import type { NodeState } from '../node/state.ts'
import type { DiscoveryStatus } from '../ports.ts'
import type { RunningNode } from './run-node.ts'

/** What a snapshot holds that the node itself does not know. */
export interface Surroundings {
  readonly nowMs: number
  readonly backend: Snapshot['backend']
  readonly samplesPerSecond: number
  readonly ownClassCounts: readonly number[]
  readonly own: Measured | undefined
  readonly served: Measured | undefined
  readonly signaling: DiscoveryStatus
  readonly problems: readonly Problem[]
}

/** The whole picture at one moment, as a UI sees it. */
export function observe(node: RunningNode, surroundings: Surroundings): Snapshot {
  const state = node.state()
  const { nowMs, own, served, ...rest } = surroundings
  return {
    status: state.status,
    peerId: state.config.self,
    steps: state.steps,
    epochs: state.config.samples === 0 ? 0 : state.samplesSeen / state.config.samples,
    merges: state.merges,
    everySteps: state.everySteps,
    own: {
      loss: state.loss,
      ...(own === undefined ? {} : { accuracy: own.accuracy, perClass: own.perClass }),
    },
    ...(served === undefined ? {} : { served }),
    peers: peersOf(node, state, nowMs),
    bytes: node.meter.total(),
    rejected: state.rejected,
    log: node.journal.entries(),
    ...rest,
  }
}

const peersOf = (node: RunningNode, state: NodeState, nowMs: number): readonly PeerSnapshot[] =>
  state.neighbours.map(({ id, name, state: peerState, steps, score, rttMs, mergedMs }) => {
    const { up, down, rateUp, rateDown } = node.meter.of(id)
    return {
      id,
      name,
      state: peerState,
      bytesUp: up,
      bytesDown: down,
      rateUp,
      rateDown,
      steps,
      score,
      ...(rttMs === undefined ? {} : { rttMs }),
      ...(mergedMs === undefined ? {} : { lastMergeMs: nowMs - mergedMs }),
    }
  })
