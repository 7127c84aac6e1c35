import { type Codec, notFinite, roomFor, vectorFor, wrongSize } from './codec.ts'
import type { Loops } from './loops.ts'

/** The nearest float16 of each value, 2 bytes: 11 significant bits; beyond +-65504 saturated, below 2^-25 zero. */
export const float16 = (loops: Loops): Codec => ({
  name: 'float16',
  byteLength: (count) => 2 * count,
  encode: (values, _, into) => {
    const bytes = roomFor(2 * values.length, into)
    if (!loops.encodeFloat16(values, bytes)) throw new RangeError('float16: a value is not finite')
    return bytes
  },
  decode: (bytes, count, into) => {
    if (bytes.length !== 2 * count) return wrongSize
    const values = vectorFor(count, into)
    return loops.decodeFloat16(bytes, values) ? { ok: true, values } : notFinite
  },
})
