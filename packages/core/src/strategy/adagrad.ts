import { type AdaptiveKind, adaptiveKind } from './adaptive.ts'

/**
 * FedAdagrad (arXiv 2003.00295) without a server: as `adam`, but the second moment only grows, v <- v + d^2.
 * Cost: as `adam`. Fails in long runs: merges move ever less, and peers drift apart.
 */
export const adagrad: AdaptiveKind = adaptiveKind(
  'Pairwise exchange with Adagrad on the merges (FedAdagrad)',
  0.03,
  (last, square) => last + square,
)
