import type { Random } from '@gossamer/core'

/** An endless sequence of rows: all in a new random order again and again. */
export function batches(rows: Int32Array, random: Random): () => number {
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

/** So many different rows by lot, or all. */
export const drawnRows = (rows: Int32Array, count: number, random: Random): Int32Array =>
  shuffle(rows.slice(), random).subarray(0, count)

function shuffle(items: Int32Array, random: Random): Int32Array {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1))
    const held = items[i] ?? 0
    items[i] = items[j] ?? 0
    items[j] = held
  }
  return items
}
