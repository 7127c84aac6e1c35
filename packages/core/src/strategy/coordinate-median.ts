import { compose } from './compose.ts'
import type { StrategyKind } from './kind.ts'
import { servingOption } from './shared-options.ts'
import { coordinateMean } from './trimmed-mean.ts'
import { window, windowOption } from './window.ts'

/**
 * Coordinate-wise median (arXiv 1803.01498) over the own model and the last received: the trimmed mean with all
 * trimmed that can be.
 * Cost: as `trimmed-mean`. Fails under label skew more than that: the median of few and different models stays near
 * the own one (1 to 4 points when all are honest); breaks where half of a window is bad.
 */
export const coordinateMedian: StrategyKind<'window' | 'serving'> = {
  describes: 'Merges several models at once by the median of every parameter',
  options: { window: windowOption, serving: { ...servingOption, default: 0.5 } },
  create: (values) =>
    compose({
      talk: { type: 'pair' },
      source: window(values.window, 1, coordinateMean(Number.POSITIVE_INFINITY)),
      serving: values.serving,
    }),
}
