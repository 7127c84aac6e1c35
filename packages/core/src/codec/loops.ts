import type { DifferenceLoops } from './difference-loops.ts'

/**
 * The loops over values inside the codecs, as pairs of arrays whose sizes fit already. An encoder answers false,
 * and leaves the bytes half written, when a value is not finite; a decoder, when a value or a scale is not (or a scale is
 * negative). Every implementation gives the same bits.
 */
export interface Loops extends DifferenceLoops {
  allFinite(values: Float32Array): boolean
  encodeFloat16(values: Float32Array, bytes: Uint8Array<ArrayBuffer>): boolean
  decodeFloat16(bytes: Uint8Array, values: Float32Array<ArrayBuffer>): boolean
  encodeInt8(values: Float32Array, bytes: Uint8Array<ArrayBuffer>): boolean
  decodeInt8(bytes: Uint8Array, values: Float32Array<ArrayBuffer>): boolean
  /** Moves every value by a share of the way to the decoded one. False, and nothing is moved, for a bad scale. */
  mergeInt8(bytes: Uint8Array, values: Float32Array, share: number): boolean
  /** With a seed (a uint32) values are rounded at random, without one to the nearest code. */
  encodeInt4(values: Float32Array, bytes: Uint8Array<ArrayBuffer>, seed: number | undefined): boolean
  decodeInt4(bytes: Uint8Array, values: Float32Array<ArrayBuffer>): boolean
  /** Moves every value by a share of the way to the other: values += share (others - values), in float32. */
  merge(values: Float32Array, others: Float32Array, share: number): void
  /**
   * So many zeros in a place of their own where these loops need no copies: encoding them, and merging into them, is about
   * twice as fast. Any Float32Array to others, but its buffer cannot be transferred, and holds more than the values.
   * For a few vectors that live long: each reserves address space as a WebAssembly memory does.
   */
  resident(count: number): Float32Array<ArrayBuffer>
}
