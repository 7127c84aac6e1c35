import type { GossipSpec } from '../task/task.ts'

export type CodecName = GossipSpec['codec']

export type Decoded =
  /** The caller owns `values`. */
  | { readonly ok: true; readonly values: Float32Array<ArrayBuffer> }
  /** `size`: not the bytes that so many values take. `not-finite`: a value or a scale is infinite, NaN or negative where it must not be. */
  | { readonly ok: false; readonly reason: 'size' | 'not-finite' }

/**
 * How a flat parameter vector becomes bytes. The number of bytes follows from the number of values alone, and
 * multi-byte fields are little-endian (as typed arrays are on every machine that runs a browser).
 */
export interface Codec {
  readonly name: CodecName
  /** The exact length of `count` encoded values. */
  byteLength(count: number): number
  /** A new array that the caller owns; `values` is only read. Throws RangeError for values that are not finite. */
  encode(values: Float32Array): Uint8Array<ArrayBuffer>
  /** Bytes of a stranger: never throws, only reads `bytes`, and allocates `count` floats and nothing else. */
  decode(bytes: Uint8Array, count: number): Decoded
}

export const wrongSize: Decoded = { ok: false, reason: 'size' }
export const notFinite: Decoded = { ok: false, reason: 'not-finite' }
