import { derivedSeed, normal, seededRandom, shuffle } from '../lib/random.ts'
import type { Examples, PeerId, Trainer } from '../ports.ts'
import type { RunningNode } from '../runtime/run-node.ts'
import { classCount } from '../task/data.ts'
import { labelCounts } from '../task/logit-adjustment.ts'
import type { CompleteTask } from '../task/task.ts'
import { now } from './answer.ts'
import { badTrainer } from './bad-trainer.ts'
import { partition } from './partition.ts'
import { createPlainTrainer } from './plain-trainer.ts'
import type { PeerReport, Scenario } from './scenario.ts'
import { type SparseDataset, sparseDataset } from './sparse.ts'

export interface SimulatedPeer {
  readonly id: PeerId
  readonly number: number
  /** What the node trains with: that of a bad peer lies. */
  readonly trainer: Trainer
  readonly stepMs: number
  readonly upBytesPerSecond: number
  readonly labels: readonly number[]
  /** Of earlier lives. */
  readonly past: { bytesUp: number; bytesDown: number; steps: number; merges: number }
  role: PeerReport['role']
  node: RunningNode | undefined
  lives: number
}

/** The peers of a scenario with their shares of the data; none is online yet. */
export function createPeers(scenario: Scenario, task: CompleteTask, train: Examples): SimulatedPeer[] {
  const { seed = 1, peers = 8, split = { type: 'skew', share: 0.9 }, badPeers, stepFactors } = scenario
  const {
    stepMs = 10,
    speedSpread = 0.3,
    stragglers,
    upBytesPerSecond = 625_000,
    uplinkSpread = 0.4,
  } = scenario
  const random = seededRandom(derivedSeed(seed, 'peers'))
  const classes = classCount(task.data)
  const dataset = sparseDataset(train)
  const parts = partition(train.labels, classes, peers, split, random)
  const all = parts.map((_, i) => i)
  const slow = new Set(shuffle([...all], random).slice(0, stragglers?.count ?? 0))
  const bad = new Set(drawn(scenario, 'bad', badPeers?.count ?? 0, [...all], slow))

  const trainerOf = (indices: Int32Array, i: number, data: SparseDataset): Trainer =>
    createPlainTrainer({ task, dataset: data, indices, seed: derivedSeed(seed, `trainer/${i}`) })
  const mislabelled = badPeers?.attack === 'label-flip' ? flipped(dataset, classes) : dataset
  const trainers = parts.map((indices, i) => trainerOf(indices, i, bad.has(i) ? mislabelled : dataset))
  const [first] = trainers
  const start = first === undefined ? new Float32Array() : now(first.read())
  const insight = {
    start,
    honest: () => trainers.filter((_, i) => !bad.has(i)).map((trainer) => now(trainer.read())),
  }
  const speedOf = (i: number): number =>
    stepFactors === undefined
      ? Math.exp(speedSpread * normal(random))
      : (stepFactors[i % stepFactors.length] ?? 1)

  return trainers.map((trainer, i) => ({
    id: `peer-${i}`,
    number: i,
    trainer:
      badPeers !== undefined && bad.has(i)
        ? badTrainer(trainer, badPeers.attack, insight, seededRandom(derivedSeed(seed, `bad/${i}`)))
        : trainer,
    role: bad.has(i) ? 'bad' : 'honest',
    stepMs: stepMs * (slow.has(i) ? (stragglers?.factor ?? 1) : speedOf(i)),
    upBytesPerSecond: upBytesPerSecond * Math.exp(uplinkSpread * normal(random)),
    labels: labelCounts(
      Int32Array.from(parts[i] ?? [], (index) => train.labels[index] ?? 0),
      classes,
    ),
    past: { bytesUp: 0, bytesDown: 0, steps: 0, merges: 0 },
    node: undefined,
    lives: 0,
  }))
}

/** So many of the peers by lot, from a stream of random numbers of their own; none that is set apart already. */
export const drawn = (
  { seed = 1 }: Scenario,
  purpose: string,
  count: number,
  peers: number[],
  apart: ReadonlySet<number>,
): readonly number[] =>
  shuffle(peers, seededRandom(derivedSeed(seed, purpose)))
    .filter((peer) => !apart.has(peer))
    .slice(0, count)

const flipped = (dataset: SparseDataset, classes: number): SparseDataset => ({
  ...dataset,
  labels: dataset.labels.map((label) => classes - 1 - label),
})
