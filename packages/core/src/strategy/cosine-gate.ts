import { compose } from './compose.ts'
import { directionGate } from './direction.ts'
import type { StrategyKind } from './kind.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { toward } from './toward.ts'

/**
 * Pairwise exchange with a gate on direction (as FLTrust, arXiv 2012.13995, with the own model as the trusted one):
 * a model is refused where the cosine between it and the own is below a bound.
 * Cost: as `swap`, and one more pass. Fails against bad models that keep the direction (scaling, small noise), and
 * refuses honest ones where peers did not start from the same weights.
 */
export const cosineGated: StrategyKind<'least' | 'mixing' | 'serving'> = {
  describes: 'Pairwise exchange that refuses models of another direction',
  options: {
    least: {
      unit: 'cosine',
      min: -1,
      max: 1,
      default: 0.5,
      describes: 'Smallest cosine between a received model and the own',
    },
    mixing: mixingOption,
    serving: servingOption,
  },
  create: ({ least, mixing, serving }) =>
    compose({ talk: { type: 'pair' }, source: toward(mixing), part: directionGate(least, 0), serving }),
}
