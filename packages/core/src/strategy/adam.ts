import { type AdaptiveKind, adaptiveKind } from './adaptive.ts'

/**
 * FedAdam (arXiv 2003.00295) without a server: Adam on the merge differences of pairwise exchange, d = b (theirs -
 * own): m <- b1 m + (1 - b1) d; v <- b2 v + (1 - b2) d^2; w += eta m / (sqrt(v) + tau).
 * Cost: as `swap`, and two vectors of memory. Fails where models have nearly agreed: small differences are noise, and
 * Adam makes them large again. tau holds against that. Measured, no gain over `swap`.
 */
export const adam: AdaptiveKind = adaptiveKind(
  'Pairwise exchange with Adam on the merges (FedAdam)',
  0.01,
  (last, square, decay) => decay * last + (1 - decay) * square,
)
