import type { PartitionKind, Scenario } from '@gossamer/core/sim'
import type { Case } from './case.ts'
import type { Goal } from './goal.ts'
import {
  codecRecipes,
  fedprox,
  frequent,
  frugal,
  inFragments,
  paced,
  quick,
  type Recipe,
  saver,
  settledByExamples,
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
/** At most `loss` below the same metric of another case. */
const near = (name: string, loss: number): Goal => ({ atLeast: { case: name, plus: -loss } })

type Goals = Readonly<Record<string, Goal>>

const settledGoals: Goals = { 'settled-accuracy': atLeast(0.96), 'settled-spread': atMost(0.003) }

/** What is not as in the room, the figures promised there, and what the case's name says of it. */
type Special = Partial<Scenario> & Pick<Case, 'goals' | 'aside'> & { readonly suffix?: string }

function cases(
  recipes: readonly Recipe[],
  peers: number,
  split: Split,
  seeds: readonly number[],
  { goals = {}, suffix = '', aside = [], ...more }: Special = {},
): readonly Case[] {
  return recipes.flatMap(({ strategy, label, gossip, training }) => {
    const task = taskWith(gossip, undefined, training)
    if (task === undefined) return []
    const name = `${strategy}/${label}/${peers}/${split.name}${suffix}`
    return [{ name, seeds, goals, aside, scenario: { ...room, task, peers, split: split.kind, ...more } }]
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

/** 8 peers, skew 0.9 and 0.99: the shipped recipes over three seeds, every strategy once. */
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
      ...settledGoals,
    },
  }),
  ...cases([quick], 8, skew(0.9), threeSeeds, {
    goals: { 'seconds-to-95': atMost(11), 'megabytes-to-95': atMost(0.55) },
  }),
  ...cases([frugal], 8, skew(0.9), threeSeeds, {
    goals: { 'served-accuracy': atLeast(0.95), 'megabytes-up': atMost(0.4) },
  }),
  ...cases([standard, saver], 8, skew(0.99), threeSeeds),
  ...cases([frequent], 8, skew(0.99), threeSeeds, { goals: { 'served-accuracy': atLeast(0.925) } }),
  ...[skew(0.9), skew(0.99)].flatMap((split) => cases(strategyRecipes, 8, split, [1], brisk)),
  ...cases(
    codecRecipes.filter(({ label }) => label === 'sign'),
    8,
    skew(0.9),
    [1],
    brisk,
  ),
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

/** One peer is `factor` times slower than the median of the others, whose speeds are always the same. */
const straggling = (factor: number): Special => ({
  suffix: `/straggler-${factor}`,
  stepFactors: [factor, 1, 0.8, 1.25, 0.9, 1.1, 0.75, 1.35],
  stragglers: { count: 0, factor: 1 },
  aside: ['peer-0'],
})

const nobodySlow = { stragglers: { count: 0, factor: 1 } }

/** A room of the shipped recipes in which something goes wrong, beside the same room in which nothing does. */
function misfortunes(recipe: Recipe): readonly Case[] {
  const name = (peers: number, suffix = ''): string =>
    `${recipe.strategy}/${recipe.label}/${peers}/${skew(0.9).name}${suffix}`
  const room = (peers: number, special: Special = {}) =>
    cases([recipe], peers, skew(0.9), threeSeeds, special)
  const calm = name(8, '/straggler-1')
  return [
    ...room(8, straggling(1)),
    ...room(8, {
      ...straggling(10),
      goals: { 'served-accuracy': near(calm, 0.003), steps: { atLeast: { case: calm, times: 0.99 } } },
    }),
    ...room(8, { suffix: '/churn-30', churn: { onlineSeconds: 10, offlineSeconds: 4.3 } }),
    ...room(8, { suffix: '/loss-10', lossShare: 0.1 }),
    ...room(10),
    ...room(10, {
      suffix: '/killed-4',
      killed: { count: 4, atSeconds: 20 },
      goals: { 'served-accuracy': near(name(10), 0.015) },
    }),
    // Three intervals of exchange before the end.
    ...room(8, {
      ...nobodySlow,
      suffix: '/late-1',
      late: { count: 1, atSeconds: 38 },
      goals: { 'served-gap': atMost(0.01) },
    }),
  ]
}

/** Also the other codecs and options, rooms of other sizes and splits, and everything that can go wrong. */
export const fullCases = (): readonly Case[] => {
  const both = [standard, saver]
  const everySplit = [skew(0.9), skew(0.99), dirichlet, iid]
  const large = (recipe: Recipe, peers: number, splits: readonly Split[]): readonly Case[] => {
    const eight = (split: Split): string => `swap/${recipe.label}/8/${split.name}`
    return splits.flatMap((split) =>
      cases([recipe], peers, split, [1], {
        ...brisk,
        curveExamples: 500,
        goals: {
          'served-accuracy': near(eight(split), 0.01),
          'kilobytes-per-step': { atMost: { case: eight(split), times: 1.1 } },
        },
      }),
    )
  }
  return [
    ...fastCases(),
    ...cases(
      codecRecipes.filter(({ label }) => label !== 'int8' && label !== 'sign'),
      8,
      skew(0.9),
      [1],
      brisk,
    ),
    ...cases([inFragments, fedprox, paced, settledByExamples], 8, skew(0.9), [1], brisk),
    ...disjoint(2, 0.95),
    ...disjoint(3, 0.935),
    ...disjoint(5, 0.91),
    ...cases([...both, frequent], 8, dirichlet, threeSeeds, { goals: { 'served-accuracy': atLeast(0.952) } }),
    ...cases(both, 8, iid, threeSeeds, { goals: { 'served-accuracy': near('central', 0) } }),
    ...[dirichlet, iid].flatMap((split) => cases(strategyRecipes, 8, split, [1], brisk)),
    ...both.flatMap(misfortunes),
    ...cases(strategyRecipes, 8, skew(0.9), [1], {
      ...brisk,
      suffix: '/churn-30',
      churn: { onlineSeconds: 10, offlineSeconds: 4.3 },
    }),
    ...cases([...both, ...strategyRecipes], 10, skew(0.9), [1], {
      ...brisk,
      suffix: '/bad-2',
      badPeers: { count: 2, attack: 'sign-flip' },
    }),
    // The guard keeps them away while the room trains; their models then stand at the final merge.
    ...cases([standard, settledByExamples], 10, skew(0.9), [1], {
      ...brisk,
      suffix: '/label-flip-2',
      badPeers: { count: 2, attack: 'label-flip' },
    }),
    ...[skew(0.9), iid].flatMap((split) => cases([frequent], 8, split, threeSeeds)),
    ...[...both, frequent].flatMap((recipe) => large(recipe, 32, everySplit)),
    ...large(standard, 128, [skew(0.9)]),
    ...[saver, frequent].flatMap((recipe) => large(recipe, 128, everySplit)),
    ...cases(strategyRecipes, 32, skew(0.9), [1], { ...brisk, curveExamples: 500 }),
    // Half the time: a run of 128 peers takes minutes of a core.
    ...cases(strategyRecipes, 128, skew(0.9), [1], {
      ...brisk,
      curveExamples: 500,
      suffix: '/20-s',
      seconds: 20,
    }),
  ]
}
