import { axpy, norm } from '../params/vector.ts'
import { bounded } from './bounded.ts'
import { compose } from './compose.ts'
import type { StrategyKind } from './kind.ts'
import type { Source } from './part.ts'
import { servingOption } from './shared-options.ts'

interface Outer {
  /** Where the last own exchange left the training replica; undefined before the first. */
  readonly anchor: Float32Array | undefined
  readonly momentum: Float32Array | undefined
  /** Sum of the models that arrived since. */
  readonly sum: Float32Array | undefined
  readonly count: number
}

const outer = (rate: number, decay: number): Source<Outer> =>
  bounded<Outer>({
    init: () => ({ anchor: undefined, momentum: undefined, sum: undefined, count: 0 }),
    receive: (state, { theirs }) => {
      if (state.sum !== undefined) axpy(state.sum, 1, theirs)
      return [{ ...state, sum: state.sum ?? theirs, count: state.count + 1 }, { type: 'held' }]
    },
    gather: ({ anchor: known, momentum: kept, sum, count }, { reference }) => {
      const anchor = known ?? reference.slice()
      const momentum = kept ?? new Float32Array(reference.length)
      const difference = new Float32Array(reference.length)
      for (let i = 0; i < difference.length; i++) {
        const own = reference[i] ?? 0
        const start = anchor[i] ?? 0
        const mean = own + ((sum?.[i] ?? 0) - count * own) / (count + 1)
        const step = decay * (momentum[i] ?? 0) + rate * (mean - start)
        momentum[i] = step
        anchor[i] = start + step
        difference[i] = start + step - own
      }
      const next = { anchor, momentum, sum: undefined, count: 0 }
      // A first exchange has no outer step to make: anchor and own are the same.
      if (known === undefined && count === 0) return [next, { type: 'held' }]
      return [next, { type: 'move', difference, share: 1, scale: 1, distance: norm(difference), mass: 1 }]
    },
  })

/**
 * NoLoCo (arXiv 2506.10911), asynchronous: DiLoCo's outer momentum with one neighbour instead of all. At each own
 * exchange, the model having gone to one neighbour: m <- 0.5 m + 0.7 (mean of own and theirs - anchor); anchor += m;
 * own <- anchor, where theirs are the models that arrived since the last exchange.
 * Cost: as `push`, and three vectors of memory. Fails where exchanges are rare against arrivals: momentum on stale
 * differences overshoots; under label skew it learns, but never better than plain merging.
 */
export const noloco: StrategyKind<'rate' | 'decay' | 'serving'> = {
  describes: 'Outer momentum on what own training and one neighbour at a time have reached',
  options: {
    rate: { unit: '', min: 0, max: 2, default: 0.7, describes: 'Outer learning rate' },
    decay: { unit: 'share', min: 0, max: 0.99, default: 0.5, describes: 'Part of the outer momentum kept' },
    serving: servingOption,
  },
  create: ({ rate, decay, serving }) =>
    compose({ talk: { type: 'push', gathers: true }, source: outer(rate, decay), serving }),
}
