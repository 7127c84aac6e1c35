import type { Random } from '../ports.ts'
import { wrongSize } from './codec.ts'
import type { LinkCodec, LinkDecoded, Sent } from './link.ts'

/** Which values a fragment holds: `count` of them, the i-th at start + i step. */
export interface Range {
  readonly start: number
  readonly step: number
  readonly count: number
}

export type Cut = 'block' | 'interleaved'

export type FragmentDecoded =
  | {
      readonly ok: true
      readonly values: Float32Array<ArrayBuffer>
      readonly index: number
      readonly range: Range
    }
  | Extract<LinkDecoded, { ok: false }>

/** This end of the way to one neighbour, a fragment at a time. */
export interface FragmentLink {
  /** The fragment whose turn it is: an asker sends it, an answerer sends the one that came. */
  readonly next: number
  /**
   * Values of one fragment as bytes, out of the whole vector; then the turn is the following one's. `reference` holds
   * the values of that fragment alone. Throws RangeError for a fragment that does not exist.
   */
  encode(vector: Float32Array, random: Random, index?: number): Sent & { readonly index: number }
  /** `values` are those of the range that it covers. Never throws. */
  decode(bytes: Uint8Array): FragmentDecoded
  forget(): void
}

export interface FragmentCodec {
  /** The longest frame of a vector of `size` values, in bytes. */
  mostBytes(size: number): number
  /** @param first the fragment whose turn it is at first */
  open(size: number, first?: number): FragmentLink
}

/** The values of fragment `index` of `pieces`: the cuts are disjoint and cover every value. */
export function rangeOf(size: number, pieces: number, cut: Cut, index: number): Range {
  if (cut === 'interleaved')
    return { start: index, step: pieces, count: Math.max(0, Math.ceil((size - index) / pieces)) }
  const start = Math.floor((index * size) / pieces)
  return { start, step: 1, count: Math.floor(((index + 1) * size) / pieces) - start }
}

/** The values of a range, a new vector. */
export function gather(vector: Float32Array, { start, step, count }: Range): Float32Array<ArrayBuffer> {
  if (step === 1) return new Float32Array(vector.subarray(start, start + count))
  const values = new Float32Array(count)
  for (let i = 0, at = start; i < count; i++, at += step) values[i] = vector[at] ?? 0
  return values
}

/** Adds to the values of a range, in place. */
export function scatterAdd(vector: Float32Array, { start, step, count }: Range, delta: Float32Array): void {
  for (let i = 0, at = start; i < count; i++, at += step) vector[at] = (vector[at] ?? 0) + (delta[i] ?? 0)
}

/**
 * One of several pieces of the vector in each exchange, in turn (DivShare, Biswas et al. 2024, arXiv 2410.12918;
 * Streaming DiLoCo, Douillard et al. 2025, arXiv 2501.18512): the same accuracy for the same bytes, at a peak that is
 * `pieces` times lower; for models that are large beside the link. Every piece has its own link, and so its own
 * references, scales and numbers. 'block' pieces are ranges; 'interleaved' ones take every `pieces`-th value, so that each
 * holds a part of every layer.
 *
 * Bytes: the piece as one byte, then the codec's frame. Throws RangeError unless there are 1 to 256 pieces.
 */
export function fragments(codec: LinkCodec, pieces: number, cut: Cut): FragmentCodec {
  if (!Number.isInteger(pieces) || pieces < 1 || pieces > 256)
    throw new RangeError(`fragments: pieces is ${pieces}, allowed are 1 to 256`)
  const indices = Array.from({ length: pieces }, (_, index) => index)

  return {
    mostBytes: (size) =>
      1 + Math.max(...indices.map((index) => codec.mostBytes(rangeOf(size, pieces, cut, index).count))),
    open: (size, first = 0) => {
      const parts = indices.map((index) => {
        const range = rangeOf(size, pieces, cut, index)
        return { range, link: codec.open(range.count) }
      })
      let next = first
      return {
        get next() {
          return next
        },
        encode: (vector, random, index = next) => {
          const part = parts[index]
          if (part === undefined) throw new RangeError(`fragments: there is no piece ${index} of ${pieces}`)
          const { bytes: body, reference } = part.link.encode(gather(vector, part.range), random)
          const bytes = new Uint8Array(1 + body.length)
          bytes[0] = index
          bytes.set(body, 1)
          next = (index + 1) % pieces
          return { bytes, reference, index }
        },
        decode: (bytes) => {
          const index = bytes[0]
          if (index === undefined) return wrongSize
          const part = parts[index]
          if (part === undefined) return { ok: false, reason: 'malformed' }
          const decoded = part.link.decode(bytes.subarray(1))
          return decoded.ok ? { ...decoded, index, range: part.range } : decoded
        },
        forget: () => {
          for (const { link } of parts) link.forget()
        },
      }
    },
  }
}
