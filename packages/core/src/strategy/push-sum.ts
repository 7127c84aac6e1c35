import { compose } from './compose.ts'
import { guarded, guardOptions } from './guard.ts'
import type { StrategyKind } from './kind.ts'
import type { Source } from './part.ts'
import { servingOption } from './shared-options.ts'
import { differenceTo } from './toward.ts'

interface Mass {
  /** Of the own model; 1 at the start. */
  readonly mass: number
}

/** So light a model can still be told from none, in float32. */
const lightest = 1e-30

/** Sending splits the own mass evenly; receiving moves by the share of theirs in both, and adds it. */
const bySum: Source<Mass> = {
  init: () => ({ mass: 1 }),
  send: ({ mass }, count) => {
    const part = Math.max(lightest, mass / (count + 1))
    return [{ mass: part }, part]
  },
  receive: (state, received) => {
    const share = received.mass / (state.mass + received.mass)
    return [state, { type: 'move', share, scale: 1, ...differenceTo(received) }]
  },
  accept: ({ mass }, move) => ({ mass: mass + move.mass }),
}

/**
 * Push-sum (Kempe et al. 2003; stochastic gradient push, arXiv 1811.10792; GoSGD, arXiv 1611.09726): a mass m travels
 * with the model. Sending halves it; receiving does w += m' / (m + m') (theirs - w), m += m'. As long as nothing is
 * lost or refused, the sum of all masses and the sum of all mass x model stay as they are, so one-way messages
 * reach the true average.
 * Cost: as `push`, and 4 bytes. Fails where messages are lost: their mass goes with them, and a peer that nobody
 * writes to weighs ever less. A neighbour may claim any mass: the guard limits only how far away its model is.
 */
export const pushSum: StrategyKind<'serving' | 'guard' | 'lossMargin'> = {
  describes: 'As push, with a mass that travels along, so that one-way messages keep the average',
  options: { serving: servingOption, ...guardOptions },
  create: (values) =>
    compose({
      talk: { type: 'push', gathers: false },
      source: bySum,
      part: guarded(values),
      serving: values.serving,
    }),
}
