import type { Random } from '../ports.ts'
import type { Codec, CodecName, Decoded } from './codec.ts'

export interface Sent {
  /** The caller owns them. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /**
   * What the difference to the neighbour's answer must be taken from, w += b (theirs - reference): the values given,
   * or what the neighbour now takes them for. The caller may keep it and write into it.
   */
  readonly reference: Float32Array
}

export type LinkDecoded =
  | Decoded
  /**
   * `malformed`: bytes that no honest neighbour sends. `no-reference`: a difference to something that did not arrive;
   * no fault, and the next frame that leaves on this link asks for a keyframe.
   */
  | { readonly ok: false; readonly reason: 'malformed' | 'no-reference' }

/**
 * This end of the way to one neighbour, both directions, with what each side remembers of the other. To be opened anew
 * whenever the connection comes up.
 */
export interface Link {
  /** `values` is only read. Throws RangeError for values that are not finite. Takes frames to arrive in order, or not at all. */
  encode(values: Float32Array, random: Random): Sent
  /**
   * Bytes of a stranger: never throws, only reads `bytes`, and allocates one vector at most. It may put the values into
   * `into`, of as many floats, and give that back; what it holds otherwise is unknown.
   */
  decode(bytes: Uint8Array, into?: Float32Array<ArrayBuffer>): LinkDecoded
  /** What was sent last may not have arrived: the next frame builds on nothing. */
  forget(): void
}

/** How parameter vectors travel to neighbours. */
export interface LinkCodec {
  readonly name: CodecName
  /** The longest frame of `count` values, in bytes; every frame's exact length follows from `count` and its first byte. */
  mostBytes(count: number): number
  open(count: number): Link
}

/** A codec whose bytes stand for themselves, as one that remembers nothing. */
export const stateless = (codec: Codec): LinkCodec => ({
  name: codec.name,
  mostBytes: codec.byteLength,
  open: (count) => ({
    encode: (values, random) => ({ bytes: codec.encode(values, random), reference: values }),
    decode: (bytes, into) => codec.decode(bytes, count, into),
    forget: () => {},
  }),
})
