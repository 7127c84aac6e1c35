import type { Task } from '../task/task.ts'
import type { PartitionKind } from './partition.ts'

/** A simulated room. Everything has a default but the task; one seed gives one run, bit for bit. */
export interface Scenario {
  readonly task: Task
  readonly seed?: number
  readonly peers?: number
  /** Virtual time. */
  readonly seconds?: number
  /** How the training examples are dealt out. Default label skew 0.9. */
  readonly split?: PartitionKind
  /** Median time of a training step; single peers differ lognormally by `speedSpread`. Defaults 10 ms, 0.3. */
  readonly stepMs?: number
  readonly speedSpread?: number
  /** So many peers are slower than the median by `factor`. */
  readonly stragglers?: { readonly count: number; readonly factor: number }
  /** Mean one-way delay between two peers. Default 50 ms. */
  readonly latencyMs?: number
  /** Median uplink, bytes a second. Default 625,000 (5 Mbit/s); single peers differ lognormally by `uplinkSpread` (0.4). */
  readonly upBytesPerSecond?: number
  readonly uplinkSpread?: number
  /** Share of frames lost. Default 0. */
  readonly lossShare?: number
  /** Peers come and go: mean seconds online and offline, exponentially distributed. */
  readonly churn?: { readonly onlineSeconds: number; readonly offlineSeconds: number }
  /** The network falls into two random halves for a while. */
  readonly partitions?: readonly { readonly fromSeconds: number; readonly toSeconds: number }[]
  /** Peers that join this many seconds after the start; the others are there from the beginning. */
  readonly late?: { readonly count: number; readonly atSeconds: number }
  /** Between two entries of the report's curve. Default: only at the end. */
  readonly evaluateEverySeconds?: number
  /** At the end every peer settles. Default false. */
  readonly settle?: boolean
}

export interface PeerReport {
  readonly peer: string
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
  readonly megabytesUp: number
}

export interface Report {
  /** Of every peer's parameters and counters: equal runs have equal hashes. */
  readonly hash: string
  readonly events: number
  readonly peers: readonly PeerReport[]
  readonly curve: readonly Point[]
  /** Accuracy of the plain average of all training replicas. */
  readonly averageAccuracy: number
}
