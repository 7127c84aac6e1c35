import { clipToOwnUpdate } from './clipped-gossip.ts'
import { compose } from './compose.ts'
import { directionGate } from './direction.ts'
import { compositeGuard } from './guard.ts'
import { lossGate } from './loss-gate.ts'
import { heavyBall } from './momentum.ts'
import { chain } from './part.ts'
import { polynomialStaleness } from './staleness.ts'
import type { Strategy } from './strategy.ts'
import { toward } from './toward.ts'

/**
 * Named combinations for whoever builds a node by hand: a way to talk, a source, a chain of parts. A new rule needs
 * no more than this; to offer it in tasks, describe its options and name it in `strategies`.
 */

/** What every room uses unless its task says otherwise: `swap` with its defaults. */
export const standard = (): Strategy =>
  compose({ talk: { type: 'pair' }, source: toward(0.5), part: compositeGuard(0.5), serving: 0.25 })

/** For slow uplinks: one way, and old models count less. */
export const thrifty = (): Strategy => {
  const part = chain(compositeGuard(0.5), polynomialStaleness(0.5))
  return compose({ talk: { type: 'push', gathers: false }, source: toward(0.5), part, serving: 0.25 })
}

/** Among strangers: direction, distance, loss, and no pull harder than own training. */
export const wary = (): Strategy => {
  const part = chain(directionGate(0, 0), compositeGuard(0.25), clipToOwnUpdate(4))
  return compose({ talk: { type: 'pair' }, source: toward(0.5), part, serving: 0.25 })
}

/** Momentum on gated merges. */
export const rolling = (): Strategy => {
  const part = chain(lossGate({ factor: 1, margin: 0.5 }), heavyBall(0.7, 0.3))
  return compose({ talk: { type: 'pair' }, source: toward(0.5), part, serving: 0.25 })
}
