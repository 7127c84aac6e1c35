import { compose } from './compose.ts'
import type { StrategyKind } from './kind.ts'
import { latest } from './latest.ts'
import { servingOption } from './shared-options.ts'

/**
 * Asynchronous federated averaging without a server, as flwr-serverless does it (arXiv 2310.15329): at an own exchange
 * the model goes to every neighbour, and is then replaced by the average of itself and the newest model of every
 * neighbour, by number of examples: w <- (n w + sum n_j x_j) / (n + sum n_j). With `again`, as published, models that
 * were merged before count again at every exchange.
 * Cost: one model to every neighbour at each exchange, and memory for one of each. A baseline: fails under label skew
 * and with stragglers, whose old models pull everyone back again and again.
 */
export const latestAverage: StrategyKind<'again' | 'bySamples' | 'serving'> = {
  describes: 'Each peer averages itself with the newest model of every neighbour, old ones included',
  options: {
    again: {
      unit: '',
      min: 0,
      max: 1,
      default: 1,
      whole: true,
      describes: '1: models that were merged before count again; 0: each model counts once',
    },
    bySamples: {
      unit: '',
      min: 0,
      max: 1,
      default: 1,
      whole: true,
      describes: '1: models weigh by their number of examples; 0: all alike',
    },
    serving: { ...servingOption, default: 1 },
  },
  create: ({ again, bySamples, serving }) =>
    compose({
      talk: { type: 'broadcast' },
      source: latest({ again: again === 1, bySamples: bySamples === 1 }),
      serving,
    }),
}
