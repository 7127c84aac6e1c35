import { distance } from '../params/vector.ts'
import { compose } from './compose.ts'
import type { StrategyKind } from './kind.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { type Aggregate, window, windowOption } from './window.ts'

/**
 * The received model with the smallest sum of squared distances to its n - f - 2 nearest, the own one among them. The
 * own one is no candidate itself: it would often win, and nothing would ever be learned.
 */
export const mostCentral =
  (bad: number): Aggregate =>
  (models) => {
    const nearest = Math.max(1, models.length - bad - 2)
    const scores = models.map((model) =>
      models
        .filter((other) => other !== model)
        .map((other) => distance(model, other) ** 2)
        .sort((a, b) => a - b)
        .slice(0, nearest)
        .reduce((sum, square) => sum + square, 0),
    )
    const best = Math.min(...scores.slice(1))
    return (models[scores.indexOf(best, 1)] ?? new Float32Array(0)).slice()
  }

/**
 * Krum (arXiv 1703.02757) over the last received models: of several, only the most central is merged, half way.
 * Cost: pairs as in `swap`, memory for the window, n^2 / 2 distances. Fails under label skew: what the others know is
 * thrown away (1 to 4 points when all are honest), and against several bad models that lie close together.
 */
export const krum: StrategyKind<'window' | 'bad' | 'mixing' | 'serving'> = {
  describes: 'Of several received models only the most central is merged',
  options: {
    window: windowOption,
    bad: {
      unit: 'models',
      min: 0,
      max: 8,
      default: 1,
      whole: true,
      describes: 'Bad models that a window is expected to hold at most (f)',
    },
    mixing: mixingOption,
    serving: servingOption,
  },
  create: ({ window: size, bad, mixing, serving }) =>
    compose({ talk: { type: 'pair' }, source: window(size, mixing, mostCentral(bad)), serving }),
}
