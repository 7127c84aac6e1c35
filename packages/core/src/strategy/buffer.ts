import { axpy, norm } from '../params/vector.ts'
import { compose } from './compose.ts'
import { guarded, guardOptions } from './guard.ts'
import type { StrategyKind } from './kind.ts'
import { chain, type Part } from './part.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { toward } from './toward.ts'

interface Buffered {
  readonly sum: Float32Array | undefined
  readonly count: number
}

/** Holds moves until there are `size`, then makes their mean. */
export const buffered = (size: number): Part<Buffered> => ({
  init: () => ({ sum: undefined, count: 0 }),
  propose: ({ sum: kept, count }, move) => {
    const sum = kept ?? new Float32Array(move.difference.length)
    axpy(sum, move.scale / size, move.difference)
    if (count + 1 < size) return [{ sum, count: count + 1 }, { type: 'held' }]
    return [
      { sum: undefined, count: 0 },
      { type: 'move', ...move, difference: sum, scale: 1, distance: norm(sum) },
    ]
  },
})

/**
 * FedBuff (arXiv 2106.06639) without a server: one-way gossip that collects K differences and applies their mean at
 * once, w += b (1/K) sum d_k.
 * Cost: as `push`, and one vector of memory. Fails with a large K: differences are old when they are applied, and
 * merges are rare. Its point, a single secure aggregate of K, is of no use between peers.
 */
export const buffer: StrategyKind<'size' | 'mixing' | 'serving' | 'guard' | 'lossMargin'> = {
  describes: 'As push, but K models are collected and merged as one (FedBuff)',
  options: {
    size: {
      unit: 'models',
      min: 1,
      max: 64,
      default: 3,
      whole: true,
      describes: 'Models that make one merge',
    },
    mixing: { ...mixingOption, default: 0.75 },
    serving: servingOption,
    ...guardOptions,
  },
  create: (values) =>
    compose({
      talk: { type: 'push', gathers: false },
      source: toward(values.mixing),
      part: chain(guarded(values), buffered(values.size)),
      serving: values.serving,
    }),
}
