interface Entry<T> {
  readonly key: number
  readonly order: number
  readonly value: T
}

/** Values by the size of their keys; those of one key come out in the order in which they went in. */
export interface Heap<T> {
  readonly size: number
  /** The smallest key, or undefined when the heap is empty. */
  readonly smallestKey: number | undefined
  /** Takes a value; NaN is no key. O(log size). */
  push(key: number, value: T): void
  /** Removes a value of the smallest key; undefined when the heap is empty. O(log size). */
  pop(): T | undefined
}

/** An empty binary heap, the event queue of a virtual clock. */
export function createHeap<T>(): Heap<T> {
  const entries: Entry<T>[] = []
  let pushed = 0

  function push(key: number, value: T): void {
    const entry = { key, order: pushed++, value }
    let hole = entries.length
    entries.push(entry)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = entries[parent]
      if (above === undefined || !(key < above.key)) break
      entries[hole] = above
      hole = parent
    }
    entries[hole] = entry
  }

  function pop(): T | undefined {
    const top = entries[0]
    const last = entries.pop()
    if (top === undefined || last === undefined || entries.length === 0) return top?.value
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      let least = entries[child]
      if (least === undefined) break
      const right = entries[child + 1]
      if (right !== undefined && precedes(right, least)) {
        least = right
        child++
      }
      if (!precedes(least, last)) break
      entries[hole] = least
      hole = child
    }
    entries[hole] = last
    return top.value
  }

  return {
    get size() {
      return entries.length
    },
    get smallestKey() {
      return entries[0]?.key
    },
    push,
    pop,
  }
}

const precedes = (a: Entry<unknown>, b: Entry<unknown>): boolean =>
  a.key < b.key || (a.key === b.key && a.order < b.order)
