/**
 * The loops over values inside the codecs, as pairs of arrays whose sizes fit already. An encoder answers false,
 * and leaves the bytes half written, when a value is not finite; a decoder, when a value or a scale is not (or a scale is
 * negative). Every implementation gives the same bits.
 */
export interface Loops {
  encodeFloat16(values: Float32Array, bytes: Uint8Array<ArrayBuffer>): boolean
  decodeFloat16(bytes: Uint8Array, values: Float32Array<ArrayBuffer>): boolean
  encodeInt8(values: Float32Array, bytes: Uint8Array<ArrayBuffer>): boolean
  decodeInt8(bytes: Uint8Array, values: Float32Array<ArrayBuffer>): boolean
}
