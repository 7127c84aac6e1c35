import { compose } from './compose.ts'
import type { StrategyKind } from './kind.ts'
import { latest } from './latest.ts'
import { servingOption } from './shared-options.ts'

/**
 * Synchronous federated averaging without a server (DISCO's rule; flwr-serverless, synchronous, arXiv 2310.15329):
 * the model goes to every neighbour, training stops until theirs are there, and everyone goes on from the average by
 * number of examples. Rounds carry no number: the newest model since the last merge counts. So that a dead peer never
 * blocks, a quorum of the neighbours suffices, and time is limited.
 * Cost: one model to every neighbour each round, and everyone waits for the slowest. A baseline: fails with
 * stragglers, with slow uplinks and in large rooms.
 */
export const roundAverage: StrategyKind<'quorum' | 'timeout' | 'bySamples' | 'serving'> = {
  describes: 'All send to all, wait for one another and go on from the average',
  options: {
    quorum: {
      unit: 'share',
      min: 0.1,
      max: 1,
      default: 1,
      describes: 'Part of the connected neighbours whose models end the wait',
    },
    timeout: {
      unit: 'seconds',
      min: 1,
      max: 600,
      default: 10,
      describes: 'Longest wait for neighbours',
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
  create: ({ quorum, timeout, bySamples, serving }) =>
    compose({
      talk: { type: 'round', quorum, timeoutMs: 1_000 * timeout },
      source: latest({ again: false, bySamples: bySamples === 1 }),
      serving,
    }),
}
