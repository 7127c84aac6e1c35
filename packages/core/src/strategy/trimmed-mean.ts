import { compose } from './compose.ts'
import type { StrategyKind } from './kind.ts'
import { servingOption } from './shared-options.ts'
import { type Aggregate, window, windowOption } from './window.ts'

/** For every coordinate, the mean of the values without the `trimmed` largest and smallest; at least one or two stay. */
export const coordinateMean =
  (trimmed: number): Aggregate =>
  (models) => {
    const [first] = models
    const result = new Float32Array(first?.length ?? 0)
    const values = new Float32Array(models.length)
    const cut = Math.min(trimmed, (models.length - 1) >> 1)
    for (let i = 0; i < result.length; i++) {
      for (let j = 0; j < models.length; j++) values[j] = models[j]?.[i] ?? 0
      values.sort()
      // Offsets from one of the values: the mean of equal values is that value exactly.
      const base = values[cut] ?? 0
      let sum = 0
      for (let j = cut + 1; j < models.length - cut; j++) sum += (values[j] ?? 0) - base
      result[i] = base + sum / (models.length - 2 * cut)
    }
    return result
  }

/**
 * Coordinate-wise trimmed mean (arXiv 1803.01498) over the own model and the last received: of every parameter the
 * largest and the smallest t values are dropped, and the rest averaged.
 * Cost: pairs as in `swap`, memory for the window, a sort of a few values for every parameter. Fails under label skew:
 * what one peer alone has learned is an outlier (1 to 4 points when all are honest), and where more than t of a
 * window are bad.
 */
export const trimmedMean: StrategyKind<'window' | 'trimmed' | 'serving'> = {
  describes: 'Merges several models at once by the mean without the extremes of every parameter',
  options: {
    window: windowOption,
    trimmed: {
      unit: 'models',
      min: 1,
      max: 8,
      default: 1,
      whole: true,
      describes: 'Values dropped at each end of every parameter',
    },
    serving: { ...servingOption, default: 0.5 },
  },
  create: (values) =>
    compose({
      talk: { type: 'pair' },
      source: window(values.window, 1, coordinateMean(values.trimmed)),
      serving: values.serving,
    }),
}
