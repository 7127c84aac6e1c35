import { shuffle } from '../lib/random.ts'
import type { Random } from '../ports.ts'

/** An endless sequence of epochs: each is all rows in a new random order. A batch may reach over into the next epoch. */
export function epochs(rows: Int32Array, random: Random): () => number {
  const order = rows.slice()
  let next = order.length
  return () => {
    if (next >= order.length) {
      shuffle(order, random)
      next = 0
    }
    return order[next++] ?? 0
  }
}
