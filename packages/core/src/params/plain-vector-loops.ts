import { laneSum, lanes, type VectorLoops } from './vector-loops.ts'

const { fround } = Math

const between = (a: number, b: number, share: number): number => a + fround(share * fround(b - a))

/** For where there is no WebAssembly SIMD: some nanoseconds an element. */
export const plainVectorLoops: VectorLoops = {
  squares: (a) => {
    const sums = new Float64Array(lanes)
    for (let i = 0; i < a.length; i++) {
      const x = a[i] ?? 0
      sums[i % lanes] = (sums[i % lanes] ?? 0) + x * x
    }
    return laneSum(sums)
  },
  squaresBetween: (a, b) => plainVectorLoops.subtract(a.slice(), b),
  subtract: (a, b) => {
    const sums = new Float64Array(lanes)
    for (let i = 0; i < a.length; i++) {
      const apart = fround((a[i] ?? 0) - (b[i] ?? 0))
      sums[i % lanes] = (sums[i % lanes] ?? 0) + apart * apart
      a[i] = apart
    }
    return laneSum(sums)
  },
  products: (a, b) => {
    const [both, own, other] = [new Float64Array(lanes), new Float64Array(lanes), new Float64Array(lanes)]
    for (let i = 0; i < a.length; i++) {
      const lane = i % lanes
      const x = a[i] ?? 0
      const y = fround(x + (b[i] ?? 0))
      both[lane] = (both[lane] ?? 0) + x * y
      own[lane] = (own[lane] ?? 0) + x * x
      other[lane] = (other[lane] ?? 0) + y * y
    }
    return [laneSum(both), laneSum(own), laneSum(other)]
  },
  axpy: (y, factor, x) => {
    const rounded = fround(factor)
    for (let i = 0; i < y.length; i++) y[i] = (y[i] ?? 0) + fround(rounded * (x[i] ?? 0))
  },
  lerp: (a, b, share) => {
    const rounded = fround(share)
    for (let i = 0; i < a.length; i++) a[i] = between(a[i] ?? 0, b[i] ?? 0, rounded)
  },
  move: (d, follower, reference, factors) => {
    const [scale, share, serving] = [fround(factors.scale), fround(factors.share), fround(factors.serving)]
    for (let i = 0; i < d.length; i++) {
      const moved = fround(scale * (d[i] ?? 0))
      follower[i] = between(follower[i] ?? 0, fround((reference[i] ?? 0) + moved), serving)
      d[i] = share * moved
    }
  },
}
