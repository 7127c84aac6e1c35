import { axpy, distance } from '../params/vector.ts'
import { compose } from './compose.ts'
import type { StrategyKind } from './kind.ts'
import type { Part } from './part.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { toward } from './toward.ts'

interface OwnUpdate {
  /** Own parameters at the last measurement, moved along by every merge since. */
  readonly since: Float32Array | undefined
  readonly steps: number
  /** Norm of the last own update over at least an exchange interval; undefined before the first. */
  readonly norm: number | undefined
}

/** Scales a difference down to `factor` times what own training did in the last interval. */
export const clipToOwnUpdate = (factor: number): Part<OwnUpdate> => ({
  init: () => ({ since: undefined, steps: 0, norm: undefined }),
  propose: (state, move, { reference, self: { steps }, everySteps }) => {
    const isDue = state.since === undefined || steps - state.steps >= everySteps
    const next = isDue
      ? {
          since: reference.slice(),
          steps,
          norm: state.since === undefined ? undefined : distance(reference, state.since),
        }
      : state
    const limit = factor * (next.norm ?? Number.POSITIVE_INFINITY)
    const scale = move.distance > limit ? (move.scale * limit) / move.distance : move.scale
    return [next, { type: 'move', ...move, scale }]
  },
  accept: (state, displacement) => {
    if (state.since !== undefined) axpy(state.since, 1, displacement)
    return state
  },
})

/**
 * ClippedGossip (arXiv 2202.01545) with an adaptive radius: pairwise exchange in which a difference is clipped to c
 * times the norm of the own update, w += b d min(1, tau / ||d||), tau = c ||own update of the last interval||. A bad
 * model can then pull no harder than c x own training.
 * Cost: as `swap`, and one vector of memory. Fails under label skew with a small c: honest models are far away, and
 * merging stays behind training; without a gate, small steady pushes of bad neighbours add up.
 */
export const clippedGossip: StrategyKind<'radius' | 'mixing' | 'serving'> = {
  describes: 'Pairwise exchange that pulls no harder than own training (ClippedGossip)',
  options: {
    radius: {
      unit: 'own updates',
      min: 0.01,
      max: 1_000,
      default: 2,
      describes:
        'Longest difference that counts in full, in norms of the own update of one exchange interval',
    },
    mixing: mixingOption,
    serving: servingOption,
  },
  create: ({ radius, mixing, serving }) =>
    compose({ talk: { type: 'pair' }, source: toward(mixing), part: clipToOwnUpdate(radius), serving }),
}
