import { subtract } from '../params/vector.ts'
import type { PeerId } from '../ports.ts'
import { bounded } from './bounded.ts'
import type { Option } from './options.ts'
import type { Source } from './part.ts'

interface Kept {
  readonly from: PeerId
  readonly model: Float32Array
}

/** One vector from several of the same length, the own model first. It owns none of them; the result is new. */
export type Aggregate = (models: readonly Float32Array[]) => Float32Array

/**
 * Collects models until there are `size`, of which one neighbour may have sent at most half (a newer one replaces its
 * oldest), and moves toward their aggregate, once. Memory: `size` models.
 */
export const window = (size: number, share: number, aggregate: Aggregate): Source<readonly Kept[]> =>
  bounded<readonly Kept[]>({
    init: () => [],
    receive: (before, { from, theirs: model, reference }) => {
      const same = before.filter((kept) => kept.from === from)
      const oldest = same.length >= Math.ceil(size / 2) ? same[0] : undefined
      const models = [...before.filter((kept) => kept !== oldest), { from, model }]
      if (models.length < size) return [models, { type: 'held' }]
      const difference = aggregate([reference, ...models.map((kept) => kept.model)])
      const distance = subtract(difference, reference)
      return [[], { type: 'move', difference, share, scale: 1, distance, mass: 1 }]
    },
  })

export const windowOption: Option = {
  unit: 'models',
  min: 4,
  max: 16,
  default: 4,
  whole: true,
  describes: 'Received models that make one merge',
}
