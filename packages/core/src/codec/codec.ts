import type { Random } from '../ports.ts'

/** Codecs whose bytes stand for themselves. */
export type PlainCodecName = 'float32' | 'float16' | 'int8' | 'int4'
/** Codecs that send differences to what a neighbour has. */
export type DifferenceCodecName = 'ternary' | 'sign' | 'top-k'
export type CodecName = PlainCodecName | DifferenceCodecName

export type Decoded =
  /** The caller owns `values`. */
  | { readonly ok: true; readonly values: Float32Array<ArrayBuffer> }
  /** `size`: not the bytes that so many values take. `not-finite`: a value or a scale is infinite, NaN or negative where it must not be. */
  | { readonly ok: false; readonly reason: 'size' | 'not-finite' }

/**
 * How a flat parameter vector becomes bytes that stand for themselves. The number of bytes follows from the number of
 * values alone, and multi-byte fields are little-endian (as typed arrays are on every machine that runs a browser).
 */
export interface Codec {
  readonly name: PlainCodecName
  /** The exact length of `count` encoded values. */
  byteLength(count: number): number
  /**
   * Writes into `into`, which must have the right length and begin at an even offset of its buffer, and gives it back;
   * without it a new array that the caller owns. (Memory that is new costs a browser more than the encoding.)
   * `values` is only read. Throws RangeError for values that are not finite, and then `into` is half written.
   * A codec that rounds at random draws one number from `random`, and without it rounds to the nearest; the others
   * never draw.
   */
  encode(values: Float32Array, random?: Random, into?: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>
  /**
   * Bytes of a stranger: never throws for them, only reads `bytes`, and allocates `count` floats and nothing else. `into`,
   * if given, takes the values instead and is what comes back; what it holds after a failure is unknown. Throws RangeError
   * where it has another length.
   */
  decode(bytes: Uint8Array, count: number, into?: Float32Array<ArrayBuffer>): Decoded
}

export const wrongSize: Extract<Decoded, { ok: false }> = { ok: false, reason: 'size' }
export const notFinite: Extract<Decoded, { ok: false }> = { ok: false, reason: 'not-finite' }

/** Where encoded bytes go: what the caller gave, or a new array. Throws RangeError where that has another length. */
export function roomFor(
  byteLength: number,
  into: Uint8Array<ArrayBuffer> | undefined,
): Uint8Array<ArrayBuffer> {
  if (into === undefined) return new Uint8Array(byteLength)
  if (into.length !== byteLength) throw new RangeError(`${into.length} bytes where ${byteLength} belong`)
  return into
}

/** Where decoded values go, likewise. */
export function vectorFor(
  count: number,
  into: Float32Array<ArrayBuffer> | undefined,
): Float32Array<ArrayBuffer> {
  if (into === undefined) return new Float32Array(count)
  if (into.length !== count) throw new RangeError(`${into.length} values where ${count} belong`)
  return into
}
