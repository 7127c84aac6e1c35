import { compose } from './compose.ts'
import { guarded, guardOptions } from './guard.ts'
import type { StrategyKind } from './kind.ts'
import { chain, type Part } from './part.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { toward } from './toward.ts'

/** A move counts by 2 s / (s + s'), with s own steps and s' the sender's: 1 between equals. The share stays at most 1. */
export const byInverseRate: Part<undefined> = {
  init: () => undefined,
  propose: (_, move, { self, sender }) => {
    const weight = (2 * self.steps) / Math.max(1, self.steps + sender.steps)
    return [undefined, { type: 'move', ...move, share: Math.min(1, move.share * weight) }]
  },
}

/**
 * Weights by the inverse of the training rate, for fairness (FedFix, arXiv 2206.10189; FedAU, arXiv 2306.03401):
 * peers that train less count more, w += b 2 s / (s + s') d. The opposite of `staleness`.
 * Cost: as `swap`. Fails where slow means bad: an untrained or lying peer (s' = 0) is heard up to twice as much, so it
 * comes with the guard. Measured with a slow peer, no gain.
 */
export const inverseRate: StrategyKind<'mixing' | 'serving' | 'guard' | 'lossMargin'> = {
  describes: 'Pairwise exchange in which peers that train less count more (FedFix, FedAU)',
  options: { mixing: mixingOption, serving: servingOption, ...guardOptions },
  create: (values) =>
    compose({
      talk: { type: 'pair' },
      source: toward(values.mixing),
      part: chain(guarded(values), byInverseRate),
      serving: values.serving,
    }),
}
