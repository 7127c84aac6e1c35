import { products } from '../params/vector.ts'
import type { Part } from './part.ts'

/** How a model lies to the own one. */
export interface Direction {
  /** Cosine of the angle between them; 1 where one of them is zero and has no direction. */
  readonly cosine: number
  /** Norm of the model over the norm of the own; 1 where the own is zero. */
  readonly normRatio: number
}

/** Compares reference + difference with reference, in one pass. */
export function directionOf(reference: Float32Array, difference: Float32Array): Direction {
  const [both, own, other] = products(reference, difference)
  return {
    cosine: own === 0 || other === 0 ? 1 : both / Math.sqrt(own * other),
    normRatio: own === 0 ? 1 : Math.sqrt(other / own),
  }
}

/**
 * Refuses models that no honest peer of the room can hold: all start from the same weights, so that even those
 * trained apart on other classes share a direction and a size. A negated model has cosine -1, noise about 0, a
 * scaled one another norm. Catches what the gate on loss cannot see: to a peer with nearly one class only, a model
 * that knows nothing costs little loss.
 */
export const directionGate = (leastCosine: number, leastNormRatio: number): Part<undefined> => ({
  init: () => undefined,
  propose: (_, move, { reference }) => {
    const { cosine, normRatio } = directionOf(reference, move.difference)
    if (cosine < leastCosine) return [undefined, { type: 'refused', reason: 'too-different' }]
    if (normRatio < leastNormRatio || normRatio * leastNormRatio > 1)
      return [undefined, { type: 'refused', reason: 'too-far' }]
    return [undefined, { type: 'move', ...move }]
  },
})
