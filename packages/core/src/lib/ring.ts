/** The newest values of a series, oldest first, at most `capacity` of them. A plain value: pushing makes a new one. */
export interface Ring<T> {
  readonly capacity: number
  readonly values: readonly T[]
}

/** An empty ring. Throws RangeError unless `capacity` is a whole number of at least 1. */
export function emptyRing<T>(capacity: number): Ring<T> {
  if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`capacity: ${capacity}`)
  return { capacity, values: [] }
}

/** The ring with `value` added and, when it was full, its oldest value gone. Costs a copy: meant for tens of values. */
export function push<T>(ring: Ring<T>, value: T): Ring<T> {
  const kept = ring.values.length < ring.capacity ? ring.values : ring.values.slice(1)
  return { capacity: ring.capacity, values: [...kept, value] }
}

/** The middle value, or the mean of the two in the middle; undefined when there is none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[sorted.length >> 1]
  const lower = sorted[(sorted.length - 1) >> 1]
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2
}

/** The value below which `share` of the values lie (nearest rank, rounded up); undefined when there is none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}
