import { compose } from './compose.ts'
import { guarded, guardOptions } from './guard.ts'
import type { StrategyKind } from './kind.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { toward } from './toward.ts'

/**
 * One-way gossip (GoSGD, arXiv 1611.09726, with constant weights): at each exchange the own model goes to one
 * neighbour, which moves half way, w += b guard(theirs - w), b = 1/2.
 * Cost: half the bytes of `swap` an exchange, and no answer to wait for: for links that are slow in one direction.
 * Fails gently: the average of all models is not kept, and peers with slow uplinks teach less than they learn.
 */
export const push: StrategyKind<'mixing' | 'serving' | 'guard' | 'lossMargin'> = {
  describes:
    'Each peer sends its model to one neighbour after another, which moves half way; nothing comes back',
  options: { mixing: mixingOption, serving: servingOption, ...guardOptions },
  create: (values) =>
    compose({
      talk: { type: 'push', gathers: false },
      source: toward(values.mixing),
      part: guarded(values),
      serving: values.serving,
    }),
}
