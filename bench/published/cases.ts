import type { RoomConfig } from './room.ts'
import { publishedRule, type Rule } from './rule.ts'

/** A column of the published table: so many peers, and how much of each class belongs to one of them. */
export interface Column {
  readonly peers: number
  readonly skew: number
  /** Test accuracies that arXiv 2310.15329 reports. */
  readonly synchronous: number
  readonly asynchronous: number
  /** What `swap` is to reach. */
  readonly goal: number
  /** Part of the short form. */
  readonly short: boolean
}

const column = (
  peers: number,
  skew: number,
  [synchronous, asynchronous, goal]: readonly [number, number, number],
  short = false,
): Column => ({ peers, skew, synchronous, asynchronous, goal, short })

export const columns: readonly Column[] = [
  column(2, 0, [0.987, 0.985, 0.987]),
  column(2, 0.9, [0.983, 0.976, 0.985], true),
  column(2, 0.99, [0.975, 0.971, 0.978]),
  column(2, 1, [0.894, 0.734, 0.95], true),
  column(3, 0.9, [0.983, 0.979, 0.984]),
  column(3, 0.99, [0.965, 0.948, 0.968]),
  column(5, 0.9, [0.979, 0.97, 0.982]),
  column(5, 0.99, [0.949, 0.928, 0.955], true),
]

export const mostMegabytes = 1

type Recipe = Omit<RoomConfig, 'peers' | 'skew' | 'seed'>

/** The published rules, float32, once an epoch; nothing of ours. */
const synchronous: Recipe = {
  rule: publishedRule,
  gossip: { strategy: 'round-average', codec: 'float32', everySteps: 1_200, options: { timeout: 600 } },
  wholeEpochs: true,
  settle: false,
}

const asynchronous: Recipe = {
  ...synchronous,
  gossip: { strategy: 'latest-average', codec: 'float32', everySteps: 1_200 },
}

/**
 * Gradient descent with momentum at a rate that falls to nothing, so that what is served at the end is settled. Chosen on
 * held-out examples; docs/benchmarks.md has the figures.
 */
const swapRule: Rule = {
  optimizer: 'sgd',
  rate: 0.05,
  momentum: 0.9,
  endShare: 0,
  clipNorm: 2,
  adjustmentFloor: -5,
}

/** Small and often, as the megabyte allows: more peers have more links, each of which begins with a whole model. */
const swap = (peers: number): Recipe => ({
  rule: swapRule,
  gossip: { strategy: 'swap', codec: 'sign', everySteps: peers > 3 ? 28 : 22 },
  wholeEpochs: false,
  settle: false,
})

/** A cell of the table. */
export interface Case {
  /** As rows name it, e.g. `swap/n-2/skew-0.9`. */
  readonly name: string
  readonly strategy: 'swap' | 'round-average' | 'latest-average'
  readonly column: Column
  readonly config: Omit<RoomConfig, 'seed'>
}

export const cases: readonly Case[] = columns.flatMap((one) => {
  const { peers, skew } = one
  const recipes = { swap: swap(peers), 'round-average': synchronous, 'latest-average': asynchronous }
  return (['swap', 'round-average', 'latest-average'] as const).map((strategy) => ({
    name: `${strategy}/n-${peers}/skew-${skew}`,
    strategy,
    column: one,
    config: { peers, skew, ...recipes[strategy] },
  }))
})
