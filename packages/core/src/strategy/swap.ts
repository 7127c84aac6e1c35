import { compose } from './compose.ts'
import { guarded, guardOptions } from './guard.ts'
import type { StrategyKind } from './kind.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { toward } from './toward.ts'

/**
 * Asynchronous pairwise exchange (gossip averaging after Boyd et al. 2006, without rounds): two peers send one
 * another their weights and each moves half way, w += b d with d = guard(theirs - reference), b = 1/2. For the
 * side that asked, the reference is what it sent, so that steps made meanwhile are kept. The served model follows
 * what was accepted: R += r (reference + d - R), r = 1/4, from R = reference at the first.
 * Cost: two passes over the parameters and one model in each direction. Fails, like all averaging of weights,
 * where peers' models lie in different basins: initial weights are shared for that reason.
 */
export const swap: StrategyKind<'mixing' | 'serving' | 'guard' | 'lossMargin'> = {
  describes: 'Two peers exchange their models and each moves half way; nobody waits',
  options: { mixing: mixingOption, serving: servingOption, ...guardOptions },
  create: (values) =>
    compose({
      talk: { type: 'pair' },
      source: toward(values.mixing),
      part: guarded(values),
      serving: values.serving,
    }),
}
