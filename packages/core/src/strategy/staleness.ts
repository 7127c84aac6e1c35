import { compose } from './compose.ts'
import { guarded, guardOptions } from './guard.ts'
import type { StrategyKind } from './kind.ts'
import { type Context, chain, type Part } from './part.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { toward } from './toward.ts'

/** u: by how many of the own exchange intervals a sender's training is behind the own; 0 where it is not. */
const stalenessOf = ({ self, sender, everySteps }: Context): number =>
  Math.max(0, self.steps - sender.steps) / everySteps

/** Moves count by s(u). s = 1 makes it the constant weight of FedAsync, which is what `swap` has. */
const byStaleness = (weightOf: (staleness: number) => number): Part<undefined> => ({
  init: () => undefined,
  propose: (_, move, context) => [
    undefined,
    { type: 'move', ...move, share: move.share * weightOf(stalenessOf(context)) },
  ],
})

/** s(u) = (1 + u)^-a. */
export const polynomialStaleness = (exponent: number): Part<undefined> =>
  byStaleness((staleness) => (1 + staleness) ** -exponent)

/** s(u) = 1 up to u = b, then 1 / (a (u - b) + 1). */
export const hingeStaleness = (slope: number, grace: number): Part<undefined> =>
  byStaleness((staleness) => (staleness <= grace ? 1 : 1 / (slope * (staleness - grace) + 1)))

/**
 * FedAsync (arXiv 1903.03934), polynomial: pairwise exchange in which models that lag behind count less,
 * w += b (1 + u)^-a d; a = 0 is the constant weight. u is measured in training, not in time: no clocks are shared.
 * Cost: as `swap`. Fails under label skew: what a slow peer alone knows is heard less.
 */
export const staleness: StrategyKind<'exponent' | 'mixing' | 'serving' | 'guard' | 'lossMargin'> = {
  describes: 'Pairwise exchange in which models with less training count less (FedAsync, polynomial)',
  options: {
    exponent: {
      unit: '',
      min: 0,
      max: 4,
      default: 0.5,
      describes: 'How fast the weight falls with staleness; 0: constant weight',
    },
    mixing: mixingOption,
    serving: servingOption,
    ...guardOptions,
  },
  create: (values) =>
    compose({
      talk: { type: 'pair' },
      source: toward(values.mixing),
      part: chain(guarded(values), polynomialStaleness(values.exponent)),
      serving: values.serving,
    }),
}

/** FedAsync (arXiv 1903.03934), hinge: full weight up to a staleness of b, then w += b d / (a (u - b) + 1). Else as `staleness`. */
export const stalenessHinge: StrategyKind<'slope' | 'grace' | 'mixing' | 'serving' | 'guard' | 'lossMargin'> =
  {
    describes: 'Pairwise exchange in which models count less when they lag far behind (FedAsync, hinge)',
    options: {
      slope: {
        unit: '',
        min: 0,
        max: 100,
        default: 1,
        describes: 'How fast the weight falls past the grace',
      },
      grace: {
        unit: 'intervals',
        min: 0,
        max: 1_000,
        default: 4,
        describes: 'Staleness, in own exchange intervals, up to which models count in full',
      },
      mixing: mixingOption,
      serving: servingOption,
      ...guardOptions,
    },
    create: (values) =>
      compose({
        talk: { type: 'pair' },
        source: toward(values.mixing),
        part: chain(guarded(values), hingeStaleness(values.slope, values.grace)),
        serving: values.serving,
      }),
  }
