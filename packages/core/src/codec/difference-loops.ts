/** Values of difference codecs that share a scale. */
export const differenceBlock = 1024

/**
 * The loops of difference codecs. An encoder writes a coarse form of values - reference, leaves the reference as it is,
 * and answers the squared error that would be left (NaN or infinite when the difference is not finite). A decoder adds
 * such bytes to a reference in place; it answers false, and leaves the reference alone, for a scale that is not finite
 * or negative. Every implementation gives the same bits: both ends of a link must hold the same reference.
 */
export interface DifferenceLoops {
  encodeSigns(values: Float32Array, reference: Float32Array, bytes: Uint8Array<ArrayBuffer>): number
  addSigns(bytes: Uint8Array, reference: Float32Array): boolean
  encodeTrits(values: Float32Array, reference: Float32Array, bytes: Uint8Array<ArrayBuffer>): number
  addTrits(bytes: Uint8Array, reference: Float32Array): boolean
}
