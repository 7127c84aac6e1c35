import { type AdaptiveKind, adaptiveKind } from './adaptive.ts'

/**
 * FedYogi (arXiv 2003.00295) without a server: as `adam`, but the second moment moves by steps of its own size,
 * v <- v - (1 - b2) d^2 sign(v - d^2), so that it falls slowly after large differences.
 * Cost: as `adam`. Fails as `adam`, somewhat later.
 */
export const yogi: AdaptiveKind = adaptiveKind(
  'Pairwise exchange with Yogi on the merges (FedYogi)',
  0.01,
  (last, square, decay) => last - (1 - decay) * square * Math.sign(last - square),
)
