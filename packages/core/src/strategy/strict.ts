import { compose } from './compose.ts'
import { directionGate } from './direction.ts'
import type { StrategyKind } from './kind.ts'
import { lossGate } from './loss-gate.ts'
import { chain } from './part.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { toward } from './toward.ts'

/**
 * Pairwise exchange behind fixed gates, a second design beside the composite guard: norm ratio within (1/2, 2), cosine
 * above 1/2, and a loss half way of at most 1.25 x own + 0.25 nats. Nothing is learned from the neighbours about
 * what is usual, so nobody can shift it.
 * Cost: as `swap`, one more pass, two probes. Where a quarter of the peers negate what they learned or turn their
 * labels round, single peers are lost that the composite guard keeps; it is here for comparison. Fails where
 * honest models differ more than the bounds allow: peers with other initial weights, or disjoint classes early on.
 */
export const strict: StrategyKind<
  'normRatio' | 'cosine' | 'lossFactor' | 'lossMargin' | 'mixing' | 'serving'
> = {
  describes: 'Pairwise exchange behind fixed gates on norm, direction and loss',
  options: {
    normRatio: { unit: '', min: 0, max: 1, default: 0.5, describes: 'Smallest ratio of the two norms' },
    cosine: { unit: 'cosine', min: -1, max: 1, default: 0.5, describes: 'Smallest cosine to the own model' },
    lossFactor: {
      unit: '',
      min: 1,
      max: 100,
      default: 1.25,
      describes: 'How much a merge may multiply the loss',
    },
    lossMargin: { unit: 'nats', min: 0, max: 100, default: 0.25, describes: 'How much more it may add' },
    mixing: mixingOption,
    serving: servingOption,
  },
  create: (values) =>
    compose({
      talk: { type: 'pair' },
      source: toward(values.mixing),
      part: chain(
        directionGate(values.cosine, values.normRatio),
        lossGate({ factor: values.lossFactor, margin: values.lossMargin }),
      ),
      serving: values.serving,
    }),
}
