import { blocksOf, int8Blocks } from './blocks.ts'
import { type Codec, notFinite, roomFor, vectorFor, wrongSize } from './codec.ts'
import type { Loops } from './loops.ts'

export interface Int8Codec extends Codec {
  /**
   * Decoding and merging in one pass, without another vector: x = (1 - share) x + share y for every decoded y, in
   * place, all in float32. Answers like `decode`; nothing has moved where it does not answer 'merged'.
   */
  merge(bytes: Uint8Array, values: Float32Array, share: number): 'merged' | 'size' | 'not-finite'
}

const byteLength = (count: number): number => 2 * blocksOf(count, int8Blocks.length) + count

/**
 * Eight bits a value with one scale for each block of 256 values (1.008 bytes a value): x is sent as
 * round(x / s), ties to even, -127 to 127, where s is the smallest float16 not below max|x| / 127 of the block. So
 * no value is off by more than s / 2. Rounding up, s is at least 2^-24 unless the whole block is zero, and
 * it is at most 65504: values beyond +-8.3e6 saturate.
 *
 * Bytes: every block's scale as a float16, then every value's code as an int8; the last block may be short.
 */
export const int8 = (loops: Loops): Int8Codec => ({
  name: 'int8',
  byteLength,
  encode: (values, _, into) => {
    const bytes = roomFor(byteLength(values.length), into)
    if (!loops.encodeInt8(values, bytes)) throw new RangeError('int8: a value is not finite')
    return bytes
  },
  decode: (bytes, count, into) => {
    if (bytes.length !== byteLength(count)) return wrongSize
    const values = vectorFor(count, into)
    return loops.decodeInt8(bytes, values) ? { ok: true, values } : notFinite
  },
  merge: (bytes, values, share) => {
    if (bytes.length !== byteLength(values.length)) return 'size'
    return loops.mergeInt8(bytes, values, share) ? 'merged' : 'not-finite'
  },
})
