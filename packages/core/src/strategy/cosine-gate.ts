import { compose } from './compose.ts'
import type { StrategyKind } from './kind.ts'
import type { Part } from './part.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { toward } from './toward.ts'

/** Refuses models whose direction differs from the own: cos(theirs, reference) below `least`. */
export const cosineGate = (least: number): Part<undefined> => ({
  init: () => undefined,
  propose: (_, move, { reference }) => {
    const { difference } = move
    let both = 0
    let own = 0
    let other = 0
    for (let i = 0; i < difference.length; i++) {
      const a = reference[i] ?? 0
      const b = a + (difference[i] ?? 0)
      both += a * b
      own += a * a
      other += b * b
    }
    // Against a model of zeros there is no direction to compare.
    const cosine = own === 0 || other === 0 ? 1 : both / Math.sqrt(own * other)
    return [
      undefined,
      cosine < least ? { type: 'refused', reason: 'too-different' } : { type: 'move', ...move },
    ]
  },
})

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
    compose({ talk: { type: 'pair' }, source: toward(mixing), part: cosineGate(least), serving }),
}
