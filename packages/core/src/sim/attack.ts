import { normal } from '../lib/random.ts'
import type { Random } from '../ports.ts'

/** What bad peers of a simulated room do. Those that send poison know every honest model: the strongest adversary. */
export const attacks = [
  /** Own weights plus normal noise of deviation 0.5, many times the weights themselves. */
  'noise',
  /** The weights, negated. */
  'sign-flip',
  /** What was learnt since the start, negated: 2 start - own. */
  'update-flip',
  /** The weights, ten times. */
  'scaling',
  /** start - (honest mean - start): the inner product with every honest update is negative (Xie et al. 2019). */
  'inner-product',
  /** Honest mean - 1 honest standard deviation: each coordinate hides among the honest (Baruch et al. 2019). */
  'a-little-is-enough',
  /** Trains and merges as it should, on labels turned round: c becomes classes - 1 - c. */
  'label-flip',
  /** Not a number, everywhere. */
  'nan',
  /** For ever the weights it had when it was first asked. */
  'stale',
  /** Merges, but never trains. */
  'free-rider',
  /**
   * Ours: as far from the honest mean as honest peers are from one another, times 1.2, against the direction in which
   * the mean has moved. At that length a gate on distance lets it pass, and all bad peers pull the same way.
   */
  'undertow',
] as const

export type Attack = (typeof attacks)[number]

/** What a bad peer knows when it is asked for its weights. */
export interface Knowledge {
  /** Of its own replica, which trains honestly and follows the honest mean. */
  readonly own: Float32Array
  /** Where everyone started. */
  readonly start: Float32Array
  readonly honest: readonly Float32Array[]
}

/** The weights that the attack sends instead of `own`; a new array, or `own` where the attack sends what it has. */
export function poison(attack: Attack, { own, start, honest }: Knowledge, random: Random): Float32Array {
  switch (attack) {
    case 'noise':
      return own.map((value) => value + 0.5 * normal(random))
    case 'sign-flip':
      return own.map((value) => -value)
    case 'update-flip':
      return own.map((value, i) => 2 * (start[i] ?? 0) - value)
    case 'scaling':
      return own.map((value) => 10 * value)
    case 'inner-product':
      return meanOf(honest).map((value, i) => 2 * (start[i] ?? 0) - value)
    case 'a-little-is-enough':
      return littleEnough(honest)
    case 'nan':
      return new Float32Array(own.length).fill(Number.NaN)
    case 'undertow':
      return undertow(start, honest)
    case 'label-flip':
    case 'stale':
    case 'free-rider':
      return own
  }
}

/** The mean of some vectors; of none, empty. */
export function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0)
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (vector[i] ?? 0)
  return sum.map((value) => value / vectors.length)
}

function littleEnough(honest: readonly Float32Array[]): Float32Array {
  const mean = meanOf(honest)
  const squares = new Float32Array(mean.length)
  for (const vector of honest)
    for (let i = 0; i < squares.length; i++)
      squares[i] = (squares[i] ?? 0) + ((vector[i] ?? 0) - (mean[i] ?? 0)) ** 2
  return mean.map((value, i) => value - Math.sqrt((squares[i] ?? 0) / honest.length))
}

const undertowLength = 1.2

function undertow(start: Float32Array, honest: readonly Float32Array[]): Float32Array {
  const mean = meanOf(honest)
  let spread = 0
  for (const vector of honest)
    for (let i = 0; i < mean.length; i++) spread += ((vector[i] ?? 0) - (mean[i] ?? 0)) ** 2
  let moved = 0
  for (let i = 0; i < mean.length; i++) moved += ((mean[i] ?? 0) - (start[i] ?? 0)) ** 2
  if (moved === 0) return mean
  // Two honest peers are sqrt 2 times as far from one another as from their mean.
  const length = undertowLength * Math.sqrt((2 * spread) / honest.length)
  const factor = length / Math.sqrt(moved)
  return mean.map((value, i) => value - factor * (value - (start[i] ?? 0)))
}
