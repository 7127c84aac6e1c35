/** A copy in an order that depends on the seed alone (Fisher and Yates over a xorshift32 of the mixed seed). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const order = Uint32Array.from(items.keys())
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) || 1
  const below = (limit: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return Math.floor(((state >>> 0) / 2 ** 32) * limit)
  }
  for (let i = 0; i < 8; i++) below(1)
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(i + 1)
    const held = order[i] ?? 0
    order[i] = order[j] ?? 0
    order[j] = held
  }
  return Array.from(order).flatMap((index) => items.slice(index, index + 1))
}
