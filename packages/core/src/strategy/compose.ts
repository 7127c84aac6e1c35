import { distance, lerp, move, norm } from '../params/vector.ts'
import { largestNorm, tooLong } from './bounded.ts'
import { nothing, type Part, type Source } from './part.ts'
import type { Occasion, Progress, Proposal, Strategy, StrategyState, Talk } from './strategy.ts'

/** What a strategy is made of. */
export interface Plan<S, P> {
  readonly talk: Talk
  readonly source: Source<S>
  readonly part?: Part<P>
  /** r: how far the served model moves toward each accepted model, 0 to 1. */
  readonly serving: number
}

/**
 * A strategy of a source and a part (a chain of them). The training replica moves by w += share x scale x difference,
 * as the parts reshape it. The served model follows what was accepted, before any reshaping: R += r (reference +
 * scale x difference - R), from R = reference at the first. Finite models give finite ones.
 */
export function compose<S, P>(plan: Plan<S, P>): Strategy {
  const { talk, serving } = plan
  const source: Source<unknown> = plan.source
  const part: Part<unknown> = plan.part ?? nothing
  const initial = (served: Float32Array | undefined): StrategyState => ({
    source: source.init(),
    part: part.init(),
    served,
  })

  const judged = (
    state: StrategyState,
    proposal: Proposal,
    occasion: Occasion,
    sender: Progress,
  ): readonly [StrategyState, Proposal] => {
    if (proposal.type !== 'move' || part.propose === undefined) return [state, proposal]
    const [next, outcome] = part.propose(state.part, proposal, { ...occasion, sender })
    return [{ ...state, part: next }, outcome]
  }

  return {
    talk,
    reshapes: part.accept !== undefined,
    init: initial,
    send: (state, count) => {
      if (source.send === undefined) return [state, 1]
      const [next, mass] = source.send(state.source, count)
      return [{ ...state, source: next }, mass]
    },
    receive: (state, received) => {
      const [next, proposal] = source.receive(state.source, received)
      if (proposal.type === 'move' && proposal.distance > largestNorm) return [state, tooLong]
      return judged({ ...state, source: next }, proposal, received, received.sender)
    },
    gather: (state, occasion, neighbours) => {
      if (source.gather === undefined) return [state, { type: 'held' }]
      const [next, proposal] = source.gather(state.source, occasion, neighbours)
      return judged({ ...state, source: next }, proposal, occasion, occasion.self)
    },
    weighed: (state, increase) =>
      part.weighed === undefined ? state : { ...state, part: part.weighed(state.part, increase) },
    accept: (state, occasion, proposed) => {
      const { difference: displacement, scale, share } = proposed
      const { reference } = occasion
      const served = state.served ?? reference.slice()
      move(displacement, served, reference, { scale, share, serving })
      const next = {
        source: source.accept === undefined ? state.source : source.accept(state.source, proposed),
        part: part.accept === undefined ? state.part : part.accept(state.part, displacement, occasion),
        served,
      }
      return [next, displacement]
    },
    served: ({ served }) => served,
    adopt: (_, params) => initial(params.slice()),
    agree: (state, own, theirs, share = 0.5) => {
      const served = state.served ?? own.slice()
      const apart = distance(served, theirs) / Math.max(norm(served), Number.MIN_VALUE)
      lerp(served, theirs, share)
      return [{ ...state, served }, apart]
    },
  }
}
