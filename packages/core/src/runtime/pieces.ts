import { gather, rangeOf } from '../codec/fragments.ts'
import type { Travel } from './travel.ts'

/** The parts in which weights travel, one in each exchange: interleaved, so that each holds some of every layer. */
export interface Pieces {
  readonly count: number
  /** The values of one piece of a whole vector; the vector itself where there is but one. */
  pick(whole: Float32Array, piece: number): Float32Array
  /** A whole vector with these values for that piece and those of `whole` for everything else. */
  place(values: Float32Array, piece: number, whole: Float32Array): Float32Array
  /** A vector of `size` with these values for that piece and zeros for everything else. */
  widen(values: Float32Array, piece: number, size: number): Float32Array
  /** `whole`, but with the values of `home` for what belongs to no piece because it never travels. */
  overlay(whole: Float32Array, home: Float32Array): Float32Array
}

/** @param count how many the task asks for; no more than there are parameters that travel */
export function piecesOf(travel: Travel, count: number): Pieces {
  // What stays home is part of the only piece, so that the served model follows it.
  if (count === 1)
    return {
      count,
      pick: (whole) => whole,
      place: (values) => values,
      widen: (values) => values,
      overlay: (whole) => whole,
    }
  const ranges = Array.from({ length: count }, (_, piece) =>
    rangeOf(travel.size, count, 'interleaved', piece),
  )
  const nowhere = rangeOf(0, 1, 'block', 0)
  const place: Pieces['place'] = (values, piece, whole) => {
    const part = travel.pick(whole).slice()
    const { start, step } = ranges[piece] ?? nowhere
    for (let i = 0, at = start; i < values.length; i++, at += step) part[at] = values[i] ?? 0
    return travel.place(part, whole)
  }
  return {
    count,
    pick: (whole, piece) => gather(travel.pick(whole), ranges[piece] ?? nowhere),
    place,
    widen: (values, piece, size) => place(values, piece, new Float32Array(size)),
    overlay: (whole, home) => travel.place(travel.pick(whole), home),
  }
}
