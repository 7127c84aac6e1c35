import { type CompleteTask, codecs, parseTask, presets, strategies } from '@gossamer/core'

/** A way to gossip, by the two parts of a case's name. */
export interface Recipe {
  readonly strategy: string
  readonly label: string
  readonly gossip: Readonly<Record<string, unknown>>
  /** Where training differs from the preset's. */
  readonly training?: Readonly<Record<string, unknown>>
}

const everySteps = 50

export const standard: Recipe = {
  strategy: 'swap',
  label: 'standard',
  gossip: { strategy: 'swap', codec: 'int8', everySteps },
}

/** Two neighbours are enough where bytes count: each new link begins with a keyframe. */
export const saver: Recipe = {
  strategy: 'swap',
  label: 'saver',
  gossip: { strategy: 'swap', codec: 'sign', everySteps: 60, neighbours: 2 },
}

/** As the saver, but soon there. */
export const quick: Recipe = {
  strategy: 'swap',
  label: 'quick',
  gossip: { strategy: 'swap', codec: 'sign', everySteps: 35, neighbours: 2 },
}

/** The least that is still useful. */
export const frugal: Recipe = {
  strategy: 'swap',
  label: 'frugal',
  gossip: { strategy: 'swap', codec: 'sign', everySteps: 195, neighbours: 2 },
}

/** For peers that each know one class or two, and for rooms of a hundred. */
export const frequent: Recipe = {
  strategy: 'swap',
  label: 'frequent',
  gossip: { strategy: 'swap', codec: 'sign', everySteps: 20, options: { mixing: 0.7 } },
}

/** One piece of four in each exchange, and more exchanges. */
export const inFragments: Recipe = {
  strategy: 'swap',
  label: 'fragments-4',
  gossip: { strategy: 'swap', codec: 'int8', everySteps: 35, fragments: 4 },
}

/** The standard recipe where slower peers make fewer steps between exchanges, so that all exchange equally often. */
export const paced: Recipe = {
  strategy: 'swap',
  label: 'paced',
  gossip: { ...standard.gossip, pace: 'time' },
}

/** The standard recipe with a final merge in which models count by examples, whatever their loss. */
export const settledByExamples: Recipe = {
  strategy: 'swap',
  label: 'settled-by-examples',
  gossip: { ...standard.gossip, settleBy: 'examples' },
}

/** The standard recipe with FedProx: training is drawn back to what the last merge left. */
export const fedprox: Recipe = {
  strategy: 'fedprox',
  label: 'int8',
  gossip: standard.gossip,
  training: { proximal: 0.01 },
}

/** The rules that others publish travel as they do there. */
const asPublished = new Set(['latest-average', 'round-average'])

/** Every strategy that the core knows, once. */
export const strategyRecipes: readonly Recipe[] = Object.keys(strategies).map((strategy) => {
  const codec = asPublished.has(strategy) ? 'float32' : 'int8'
  return { strategy, label: codec, gossip: { strategy, codec, everySteps } }
})

const differences = ['ternary', 'sign', 'top-k']

/** The default strategy with every codec, once. */
export const codecRecipes: readonly Recipe[] = [...Object.keys(codecs), ...differences].map((codec) => ({
  strategy: 'swap',
  label: codec,
  gossip: { strategy: 'swap', codec, everySteps },
}))

/**
 * The learning rate of every peer of a room, the same for all ways to gossip. Chosen on held-out examples; docs/benchmarks.md
 * has the figures.
 */
const learningRate = 0.6

/** The task for digits with a way to gossip; undefined where the core does not know it. */
export function taskWith(
  gossip: Readonly<Record<string, unknown>>,
  rate: number = learningRate,
  changed: Recipe['training'] = {},
): CompleteTask | undefined {
  const { mnist } = presets
  const training = { ...mnist?.training, optimizer: { kind: 'sgd', learningRate: rate }, ...changed }
  const result = parseTask({ ...mnist, gossip, training })
  return result.ok ? result.task : undefined
}
