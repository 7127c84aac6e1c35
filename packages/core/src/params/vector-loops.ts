/**
 * The loops behind vector.ts, over vectors of equal lengths, in float32: factors are rounded to it, and so is every step.
 * Sums add exact products of floats as doubles, in four lanes, element i in lane i mod 4. So every implementation gives
 * the same bits.
 */
export interface VectorLoops {
  /** The sum of a^2. */
  squares(a: Float32Array): number
  /** The sum of (a - b)^2. */
  squaresBetween(a: Float32Array, b: Float32Array): number
  /** a -= b; the sum of (a - b)^2. */
  subtract(a: Float32Array, b: Float32Array): number
  /** Of a and c = a + b the sums of a c, a^2 and c^2. */
  products(a: Float32Array, b: Float32Array): readonly [number, number, number]
  /** y += factor x */
  axpy(y: Float32Array, factor: number, x: Float32Array): void
  /** a += share (b - a) */
  lerp(a: Float32Array, b: Float32Array, share: number): void
  /** With moved = scale d: follower += serving (reference + moved - follower), d = share moved. */
  move(
    d: Float32Array,
    follower: Float32Array,
    reference: Float32Array,
    factors: { readonly scale: number; readonly share: number; readonly serving: number },
  ): void
}

export const lanes = 4

/** What the lanes of a sum come to, from element `first` on. */
export const laneSum = (sums: Float64Array, first = 0): number =>
  (sums[first] ?? 0) + (sums[first + 1] ?? 0) + ((sums[first + 2] ?? 0) + (sums[first + 3] ?? 0))
