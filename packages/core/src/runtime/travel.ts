import { elements } from '../params/layout.ts'
import type { Layout } from '../ports.ts'

/** Which parameters travel to neighbours; those of the other tensors stay home and are nobody else's business. */
export interface Travel {
  /** Number of parameters that travel. */
  readonly size: number
  /** Those that travel, one tensor after the other. The same array where all do, otherwise a new one. */
  pick(whole: Float32Array): Float32Array
  /** A whole vector with `part` for those that travel and the values of `whole` for the others; `part` itself where all travel. */
  place(part: Float32Array, whole: Float32Array): Float32Array
}

/** @param stays names of tensors */
export function travelOf({ tensors, size }: Layout, stays: readonly string[]): Travel {
  if (stays.length === 0) return { size, pick: (whole) => whole, place: (part) => part }
  const pieces: { readonly at: number; readonly start: number; readonly end: number }[] = []
  let start = 0
  let at = 0
  for (const { name, shape } of tensors) {
    const end = start + elements(shape)
    if (!stays.includes(name)) {
      pieces.push({ at, start, end })
      at += end - start
    }
    start = end
  }
  const travelling = at
  return {
    size: travelling,
    pick: (whole) => {
      const part = new Float32Array(travelling)
      for (const piece of pieces) part.set(whole.subarray(piece.start, piece.end), piece.at)
      return part
    },
    place: (part, whole) => {
      const placed = whole.slice()
      for (const piece of pieces)
        placed.set(part.subarray(piece.at, piece.at + piece.end - piece.start), piece.start)
      return placed
    },
  }
}
