import { compose } from './compose.ts'
import type { StrategyKind } from './kind.ts'
import { lossGate } from './loss-gate.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { toward } from './toward.ts'

/**
 * Pairwise exchange with a gate on loss alone (as Zeno, arXiv 1805.10032, with own examples): a merge is refused where
 * it would raise the mean training loss on a probe of own examples above factor x before + margin.
 * Cost: as `swap`, and two probes of 32 examples a merge. Fails under label skew with a tight bound (a good model for
 * other classes looks bad here), and against backdoors, which leave own examples as they are.
 */
export const lossGated: StrategyKind<'factor' | 'margin' | 'mixing' | 'serving'> = {
  describes: 'Pairwise exchange that refuses models which are bad on own examples',
  options: {
    factor: { unit: '', min: 1, max: 100, default: 1, describes: 'How much a merge may multiply the loss' },
    margin: {
      unit: 'nats',
      min: 0,
      max: 100,
      default: 0.5,
      describes: 'How much more it may add to the loss',
    },
    mixing: mixingOption,
    serving: servingOption,
  },
  create: ({ factor, margin, mixing, serving }) =>
    compose({
      talk: { type: 'pair' },
      source: toward(mixing),
      part: lossGate({ factor, margin }),
      serving,
    }),
}
