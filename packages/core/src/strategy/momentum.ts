import { compose } from './compose.ts'
import { guarded, guardOptions } from './guard.ts'
import type { StrategyKind } from './kind.ts'
import { chain, type Part } from './part.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { toward } from './toward.ts'

/** v <- decay v + d; the training replica moves by rate v instead of d. */
export const heavyBall = (rate: number, decay: number): Part<Float32Array | undefined> => ({
  init: () => undefined,
  accept: (state, displacement) => {
    const velocity = state ?? new Float32Array(displacement.length)
    for (let i = 0; i < velocity.length; i++) {
      const next = decay * (velocity[i] ?? 0) + (displacement[i] ?? 0)
      velocity[i] = next
      displacement[i] = rate * next
    }
    return velocity
  },
})

/**
 * FedAvgM (arXiv 1909.06335) without a server: momentum on the merge differences of pairwise exchange,
 * v <- beta v + b d; w += eta v. The served model follows the plain differences.
 * Cost: as `swap`, and one vector of memory. Fails by overshooting where merges are frequent or beta is large. Measured,
 * no gain over `swap` beyond noise.
 */
export const momentum: StrategyKind<'mixing' | 'rate' | 'decay' | 'serving' | 'guard' | 'lossMargin'> = {
  describes: 'Pairwise exchange with momentum on the merges (FedAvgM)',
  options: {
    mixing: mixingOption,
    rate: { unit: '', min: 0, max: 2, default: 0.7, describes: 'Factor on the velocity' },
    decay: {
      unit: 'share',
      min: 0,
      max: 0.99,
      default: 0.3,
      describes: 'Part of the velocity that the next merge keeps',
    },
    serving: servingOption,
    ...guardOptions,
  },
  create: (values) =>
    compose({
      talk: { type: 'pair' },
      source: toward(values.mixing),
      part: chain(guarded(values), heavyBall(values.rate, values.decay)),
      serving: values.serving,
    }),
}
