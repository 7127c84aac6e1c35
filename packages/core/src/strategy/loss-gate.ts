import type { Part } from './part.ts'
import type { LossGate } from './strategy.ts'

/**
 * Marks moves as to be checked against own examples: the mean training loss on a fixed probe of at most 32 of them,
 * logit adjustment included, may be at most factor x before + margin. (On the loss without the adjustment, three
 * peers without a common class refuse one another for ever.) The runtime measures, on the move as it came, unscaled.
 * Costs two passes of the probe. Fails where the probe cannot tell: a backdoor leaves own examples as they are.
 */
export const lossGate = (gate: LossGate): Part<undefined> => ({
  init: () => undefined,
  propose: (_, move) => [undefined, { type: 'move', ...move, lossGate: gate }],
})
