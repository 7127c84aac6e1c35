import { norm } from '../params/vector.ts'
import type { Source } from './part.ts'
import type { Proposal } from './strategy.ts'

/** No model is that long; the squares of what is shorter still fit into float32. */
export const largestNorm = 1e18

export const tooLong: Proposal = { type: 'refused', reason: 'too-far' }

/**
 * A source that keeps models, without those that would make what it keeps overflow. (Sources that make moves at once
 * need no such pass: the move says how long it is.)
 */
export const bounded = <State>(source: Source<State>): Source<State> => ({
  ...source,
  receive: (state, received) =>
    norm(received.theirs) > largestNorm ? [state, tooLong] : source.receive(state, received),
})
