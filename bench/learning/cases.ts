import type { PartitionKind, Scenario } from '@gossamer/core/sim'
import type { Case, Goal } from './case.ts'
import {
  codecRecipes,
  fedprox,
  frequent,
  frugal,
  inFragments,
  type Recipe,
  saver,
  standard,
  strategyRecipes,
  taskWith,
} from './recipes.ts'

/** A split of the data, as case names call it. */
interface Split {
  readonly name: string
  readonly kind: PartitionKind
}

const skew = (share: number): Split => ({ name: `skew-${share}`, kind: { type: 'skew', share } })
const dirichlet: Split = { name: 'dirichlet-0.1', kind: { type: 'dirichlet', alpha: 0.1 } }
const iid: Split = { name: 'iid', kind: { type: 'iid' } }

const threeSeeds = [1, 2, 3]

/** The room of the evidence: 40 virtual seconds, one peer five times slower, uplinks of 5 Mbit/s. */
const room = {
  seconds: 40,
  stragglers: { count: 1, factor: 5 },
  evaluateEverySeconds: 2,
  curveExamples: 2_000,
  settle: true,
} satisfies Partial<Scenario>

/** For what runs once: a coarser curve. */
const brisk = { evaluateEverySeconds: 5 }

const atLeast = (value: number): Goal => ({ atLeast: value })
const atMost = (value: number): Goal => ({ atMost: value })

type Goals = Readonly<Record<string, Goal>>

const settledGoals: Goals = { 'settled-accuracy': atLeast(0.96), 'settled-spread': atMost(0.003) }

function cases(
  recipes: readonly Recipe[],
  peers: number,
  split: Split,
  seeds: readonly number[],
  { goals = {}, suffix = '', ...more }: Partial<Scenario> & { goals?: Goals; suffix?: string } = {},
): readonly Case[] {
  return recipes.flatMap(({ strategy, label, gossip, training }) => {
    const task = taskWith(gossip, undefined, training)
    if (task === undefined) return []
    const name = `${strategy}/${label}/${peers}/${split.name}${suffix}`
    return [{ name, seeds, goals, scenario: { ...room, task, peers, split: split.kind, ...more } }]
  })
}

/** One machine with all examples, and every peer alone, at the learning rate that is best there. */
function references(): readonly Case[] {
  const central = taskWith({}, 0.2)
  const alone = taskWith({}, 0.2)
  if (central === undefined || alone === undefined) return []
  const { stragglers: _, settle: __, ...calm } = room
  const one = { ...calm, task: central, peers: 1, split: iid.kind, speedSpread: 0 }
  const all = { ...calm, task: alone, peers: 8, topology: { type: 'alone' } } as const
  return [
    { name: 'central', seeds: threeSeeds, scenario: one },
    ...[skew(0.9), skew(0.99)].map((split) => ({
      name: `local/none/8/${split.name}`,
      seeds: [1],
      scenario: { ...all, split: split.kind },
    })),
  ]
}

/** 8 peers, skew 0.9 and 0.99: the shipped recipes over three seeds, everything else once. */
export const fastCases = (): readonly Case[] => [
  ...references(),
  ...cases([standard], 8, skew(0.9), threeSeeds, {
    goals: { 'served-accuracy': atLeast(0.958), 'served-worst': atLeast(0.952), ...settledGoals },
  }),
  ...cases([saver], 8, skew(0.9), threeSeeds, {
    goals: {
      'served-accuracy': atLeast(0.958),
      'served-worst': atLeast(0.952),
      'megabytes-up': atMost(1),
      'seconds-to-95': atMost(11),
      'megabytes-to-95': atMost(0.55),
      ...settledGoals,
    },
  }),
  ...cases([frugal], 8, skew(0.9), threeSeeds, {
    goals: { 'served-accuracy': atLeast(0.95), 'megabytes-up': atMost(0.4) },
  }),
  ...cases([standard, saver, frequent], 8, skew(0.99), threeSeeds, {
    goals: { 'served-accuracy': atLeast(0.925) },
  }),
  ...[skew(0.9), skew(0.99)].flatMap((split) => cases(strategyRecipes, 8, split, [1], brisk)),
  ...cases(
    codecRecipes.filter(({ label }) => label !== 'int8'),
    8,
    skew(0.9),
    [1],
    brisk,
  ),
  ...cases([inFragments, fedprox], 8, skew(0.9), [1], brisk),
]

/** The room on a fast link in which peers hold disjoint classes: what people see first. */
const disjoint = (peers: number, served: number): readonly Case[] =>
  cases(
    [{ strategy: 'swap', label: 'fast-link', gossip: { ...standard.gossip, everySteps: 2 } }],
    peers,
    skew(1),
    threeSeeds,
    {
      latencyMs: 1,
      upBytesPerSecond: 10e6,
      stragglers: { count: 0, factor: 1 },
      goals: { 'served-accuracy': atLeast(served) },
    },
  )

/** Also rooms of other sizes and splits, and everything that can go wrong. */
export const fullCases = (): readonly Case[] => {
  const both = [standard, saver]
  const rivals = strategyRecipes.filter(({ label }) => label === 'float32')
  return [
    ...fastCases(),
    ...disjoint(2, 0.95),
    ...disjoint(3, 0.935),
    ...disjoint(5, 0.91),
    ...cases([...both, ...rivals], 8, dirichlet, threeSeeds, {
      goals: { 'served-accuracy': atLeast(0.952) },
    }),
    ...cases([...both, ...rivals], 8, iid, [1]),
    ...cases(both, 8, skew(0.9), threeSeeds, {
      suffix: '/straggler-10',
      stragglers: { count: 1, factor: 10 },
    }),
    ...cases(both, 8, skew(0.9), threeSeeds, {
      suffix: '/no-straggler',
      stragglers: { count: 0, factor: 1 },
    }),
    ...cases(both, 8, skew(0.9), threeSeeds, {
      suffix: '/churn-30',
      churn: { onlineSeconds: 10, offlineSeconds: 4.3 },
    }),
    ...cases(both, 8, skew(0.9), threeSeeds, { suffix: '/killed-3', killed: { count: 3, atSeconds: 20 } }),
    ...cases(both, 8, skew(0.9), threeSeeds, { suffix: '/late-2', late: { count: 2, atSeconds: 20 } }),
    ...cases(both, 8, skew(0.9), threeSeeds, { suffix: '/loss-10', lossShare: 0.1 }),
    ...cases(both, 10, skew(0.9), [1], { suffix: '/bad-2', badPeers: { count: 2, attack: 'sign-flip' } }),
    ...[32, 128].flatMap((peers) =>
      [skew(0.9), skew(0.99), dirichlet, iid].flatMap((split) => cases(both, peers, split, [1])),
    ),
    ...cases(rivals, 32, skew(0.9), [1]),
  ]
}
