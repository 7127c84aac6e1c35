import { distance, norm } from '../params/vector.ts'
import { type GuardState, initialGuard, judge } from './guard.ts'
import type { Strategy } from './strategy.ts'

export interface SwapState {
  /** R, the served model: a moving average of what this peer and its neighbours know. Begins with the first merge. */
  readonly served: Float32Array | undefined
  readonly guard: GuardState
}

/** b: how far the training replica moves toward a neighbour's. */
const mixing = 0.5
/** r: how far the served model moves toward each accepted model. */
const serving = 0.25

/**
 * Asynchronous pairwise exchange (gossip averaging after Boyd et al. 2006, without rounds): two peers send one
 * another their weights and each moves half way, w += b d with d = guard(theirs - reference), b = 1/2. For the
 * side that asked, the reference is what it sent, so that steps made meanwhile are kept. The served model follows
 * what was accepted: R += r (reference + d - R), r = 1/4, from R = reference at the first.
 * Cost: two passes over the parameters and one model in each direction. Fails, like all averaging of weights,
 * where peers' models lie in different basins: initial weights are shared for that reason.
 */
export const swap: Strategy<SwapState> = {
  name: 'swap',
  init: (served) => ({ served, guard: initialGuard }),
  propose: (state, { theirs, reference }) => {
    const displacement = theirs
    let sum = 0
    for (let i = 0; i < displacement.length; i++) {
      const difference = (theirs[i] ?? 0) - (reference[i] ?? 0)
      sum += difference * difference
      displacement[i] = mixing * difference
    }
    const apart = Math.sqrt(sum)
    const [guard, verdict] = judge(state.guard, apart)
    const next = { ...state, guard }
    return verdict.ok
      ? [next, { ok: true, displacement, scale: verdict.scale, distance: apart }]
      : [next, { ok: false, reason: verdict.reason, distance: apart }]
  },
  accept: (state, reference, { displacement, scale }) => {
    const served = state.served ?? reference.slice()
    for (let i = 0; i < served.length; i++) {
      const moved = scale * (displacement[i] ?? 0)
      displacement[i] = moved
      const current = served[i] ?? 0
      served[i] = current + serving * ((reference[i] ?? 0) + moved / mixing - current)
    }
    return [{ ...state, served }, displacement]
  },
  served: ({ served }) => served,
  adopt: (_, params) => ({ served: params.slice(), guard: initialGuard }),
  agree: (state, own, theirs) => {
    const served = state.served ?? own.slice()
    const apart = distance(served, theirs) / Math.max(norm(served), Number.MIN_VALUE)
    for (let i = 0; i < served.length; i++) {
      const current = served[i] ?? 0
      served[i] = current + 0.5 * ((theirs[i] ?? 0) - current)
    }
    return [{ ...state, served }, apart]
  },
}
