import { derivedSeed, normal, seededRandom, shuffle } from '../lib/random.ts'
import type { Examples, PeerId, Trainer } from '../ports.ts'
import type { RunningNode } from '../runtime/run-node.ts'
import { labelCounts } from '../task/logit-adjustment.ts'
import type { CompleteTask } from '../task/task.ts'
import { partition } from './partition.ts'
import { createPlainTrainer } from './plain-trainer.ts'
import type { Scenario } from './scenario.ts'
import { sparseDataset } from './sparse.ts'

export interface SimulatedPeer {
  readonly id: PeerId
  readonly trainer: Trainer
  readonly stepMs: number
  readonly upBytesPerSecond: number
  readonly labels: readonly number[]
  /** Of earlier lives. */
  readonly past: { bytesUp: number; bytesDown: number }
  node: RunningNode | undefined
  lives: number
}

/** The peers of a scenario with their shares of the data; none is online yet. */
export function createPeers(scenario: Scenario, task: CompleteTask, train: Examples): SimulatedPeer[] {
  const { seed = 1, peers = 8, split = { type: 'skew', share: 0.9 } } = scenario
  const {
    stepMs = 10,
    speedSpread = 0.3,
    stragglers,
    upBytesPerSecond = 625_000,
    uplinkSpread = 0.4,
  } = scenario
  const random = seededRandom(derivedSeed(seed, 'peers'))
  const classes = task.data.classes.length
  const dataset = sparseDataset(train)
  const parts = partition(train.labels, classes, peers, split, random)
  const slow = new Set(
    shuffle(
      parts.map((_, i) => i),
      random,
    ).slice(0, stragglers?.count ?? 0),
  )
  return parts.map((indices, i) => ({
    id: `peer-${i}`,
    trainer: createPlainTrainer({ task, dataset, indices, seed: derivedSeed(seed, `trainer/${i}`) }),
    stepMs: slow.has(i)
      ? stepMs * (stragglers?.factor ?? 1)
      : stepMs * Math.exp(speedSpread * normal(random)),
    upBytesPerSecond: upBytesPerSecond * Math.exp(uplinkSpread * normal(random)),
    labels: labelCounts(
      Int32Array.from(indices, (index) => train.labels[index] ?? 0),
      classes,
    ),
    past: { bytesUp: 0, bytesDown: 0 },
    node: undefined,
    lives: 0,
  }))
}
