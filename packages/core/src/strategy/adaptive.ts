import { compose } from './compose.ts'
import { guarded, guardOptions } from './guard.ts'
import type { StrategyKind } from './kind.ts'
import { chain, type Part } from './part.ts'
import { mixingOption, servingOption } from './shared-options.ts'
import { toward } from './toward.ts'

interface Moments {
  readonly mean: Float32Array
  readonly square: Float32Array
}

/** The next second moment from the last and the square of the displacement. */
type SecondMoment = (last: number, square: number, decay: number) => number

interface Adaptive {
  readonly rate: number
  readonly meanDecay: number
  readonly squareDecay: number
  /** tau, added to the root: how small a displacement may be and still count. */
  readonly floor: number
}

/** The family of arXiv 2003.00295: m <- b1 m + (1 - b1) d; v by `secondMoment`, from tau^2; d <- eta m / (sqrt(v) + tau). */
const adaptive = (
  secondMoment: SecondMoment,
  { rate, meanDecay, squareDecay, floor }: Adaptive,
): Part<Moments | undefined> => ({
  init: () => undefined,
  accept: (state, displacement) => {
    const { length } = displacement
    const mean = state?.mean ?? new Float32Array(length)
    const square = state?.square ?? new Float32Array(length).fill(floor * floor)
    for (let i = 0; i < length; i++) {
      const d = displacement[i] ?? 0
      const m = meanDecay * (mean[i] ?? 0) + (1 - meanDecay) * d
      const v = secondMoment(square[i] ?? 0, d * d, squareDecay)
      mean[i] = m
      square[i] = v
      displacement[i] = (rate * m) / (Math.sqrt(v) + floor)
    }
    return { mean, square }
  },
})

type AdaptiveName =
  | 'mixing'
  | 'rate'
  | 'meanDecay'
  | 'squareDecay'
  | 'floor'
  | 'serving'
  | 'guard'
  | 'lossMargin'

export type AdaptiveKind = StrategyKind<AdaptiveName>

/** Pairwise exchange whose merges go through an adaptive optimizer. */
export const adaptiveKind = (describes: string, rate: number, secondMoment: SecondMoment): AdaptiveKind => ({
  describes,
  options: {
    mixing: mixingOption,
    rate: { unit: '', min: 0, max: 1, default: rate, describes: 'Largest move of a parameter, about' },
    meanDecay: {
      unit: 'share',
      min: 0,
      max: 0.99,
      default: 0.3,
      describes: 'Part of the mean displacement that the next merge keeps',
    },
    squareDecay: {
      unit: 'share',
      min: 0,
      max: 0.999,
      default: 0.9,
      describes: 'Part of the mean square that the next merge keeps',
    },
    floor: {
      unit: '',
      min: 1e-8,
      max: 1,
      default: 0.01,
      describes: 'Displacements well below this are not enlarged further',
    },
    serving: servingOption,
    ...guardOptions,
  },
  create: (values) =>
    compose({
      talk: { type: 'pair' },
      source: toward(values.mixing),
      part: chain(guarded(values), adaptive(secondMoment, values)),
      serving: values.serving,
    }),
})
