import type { Task } from '../task/task.ts'
import type { Attack } from './attack.ts'
import type { PartitionKind } from './partition.ts'
import type { TopologyKind } from './topology.ts'

/** A simulated room. Everything has a default but the task; one seed gives one run, bit for bit. */
export interface Scenario {
  readonly task: Task
  readonly seed?: number
  readonly peers?: number
  /** Virtual time. */
  readonly seconds?: number
  /** How the training examples are dealt out. Default label skew 0.9. */
  readonly split?: PartitionKind
  /** Who may link to whom. Default: everyone, as each node's own choice of neighbours goes. */
  readonly topology?: TopologyKind
  /** Median time of a training step; single peers differ lognormally by `speedSpread`. Defaults 10 ms, 0.3. */
  readonly stepMs?: number
  readonly speedSpread?: number
  /** Peer i takes `stepMs` times factor i (the list begins again at its end), instead of a time by `speedSpread`. */
  readonly stepFactors?: readonly number[]
  /** So many peers, by lot, are slower than the median by `factor`. */
  readonly stragglers?: { readonly count: number; readonly factor: number }
  /** Mean one-way delay between two peers. Default 50 ms. */
  readonly latencyMs?: number
  /** Median uplink, bytes a second. Default 625,000 (5 Mbit/s); single peers differ lognormally by `uplinkSpread` (0.4). */
  readonly upBytesPerSecond?: number
  readonly uplinkSpread?: number
  /** Share of frames lost. Default 0. */
  readonly lossShare?: number
  /**
   * Peers come and go: mean seconds online and offline, exponentially distributed. They `resume` with what they had
   * (default), or begin anew and may `pull` a neighbour's model.
   */
  readonly churn?: {
    readonly onlineSeconds: number
    readonly offlineSeconds: number
    readonly comeBack?: 'resume' | 'pull'
  }
  /** So many peers, by lot, vanish for good at a moment. They no longer count in what is reported. */
  readonly killed?: { readonly count: number; readonly atSeconds: number }
  /** The network falls into two random halves for a while. */
  readonly partitions?: readonly { readonly fromSeconds: number; readonly toSeconds: number }[]
  /** Peers that join this many seconds after the start; the others are there from the beginning. */
  readonly late?: { readonly count: number; readonly atSeconds: number }
  /** So many peers, by lot, attack the others. They do not count in what is reported. */
  readonly badPeers?: { readonly count: number; readonly attack: Attack }
  /** Between two entries of the report's curve. Default: only at the end. */
  readonly evaluateEverySeconds?: number
  /** The curve is measured on this many test examples, the first ones. Default: all. */
  readonly curveExamples?: number
  /** At the end every peer settles. Default false. */
  readonly settle?: boolean
}

export interface PeerReport {
  readonly peer: string
  /** What it is: only the honest and present count in averages. */
  readonly role: 'honest' | 'bad' | 'killed'
  readonly steps: number
  readonly merges: number
  readonly ownAccuracy: number
  readonly servedAccuracy: number
  /** Accuracy of the served model on classes of which this peer has less than 1 % of its examples; NaN without any. */
  readonly unseenAccuracy: number
  readonly bytesUp: number
  readonly bytesDown: number
  readonly neighbours: number
  readonly rejected: Readonly<Record<string, number>>
}

export interface Point {
  readonly seconds: number
  readonly ownMean: number
  readonly servedMean: number
  readonly servedWorst: number
  /** Sent so far, mean over the peers. */
  readonly megabytesUp: number
}

/** How good the models of a room are at some moment. */
export interface Standing {
  readonly peers: readonly PeerReport[]
  /** Accuracy of the plain average of all honest training replicas. */
  readonly averageAccuracy: number
}

export interface Report extends Standing {
  /** Of every peer's parameters and counters: equal runs have equal hashes. */
  readonly hash: string
  readonly events: number
  readonly curve: readonly Point[]
  /** Where the peers stood when training ended, for a scenario that settles; all else is after settling. */
  readonly beforeSettling?: Standing
}
