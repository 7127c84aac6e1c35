import { subtract } from '../params/vector.ts'
import type { Source } from './part.ts'
import type { Received } from './strategy.ts'

/** Every model that arrives is a move toward it, of which the training replica takes `share`. */
export const toward = (share: number): Source<undefined> => ({
  init: () => undefined,
  receive: (_, received) => [undefined, { type: 'move', share, scale: 1, ...differenceTo(received) }],
})

/** theirs - reference, in the buffer of `theirs`; its L2 norm; the mass. */
export function differenceTo({ theirs, reference, mass }: Received): {
  readonly difference: Float32Array
  readonly distance: number
  readonly mass: number
  readonly direct: true
} {
  const distance = subtract(theirs, reference)
  return { difference: theirs, distance, mass, direct: true }
}
