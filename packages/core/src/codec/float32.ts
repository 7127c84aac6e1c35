import { type Codec, notFinite, roomFor, vectorFor, wrongSize } from './codec.ts'
import type { Loops } from './loops.ts'

/** The values as they are: 4 bytes each, exact. */
export const float32 = (loops: Loops): Codec => ({
  name: 'float32',
  byteLength: (count) => 4 * count,
  encode: (values, _, into) => {
    const bytes = roomFor(4 * values.length, into)
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    if (!loops.allFinite(values)) throw new RangeError('float32: a value is not finite')
    return bytes
  },
  decode: (bytes, count, into) => {
    if (bytes.length !== 4 * count) return wrongSize
    const values = vectorFor(count, into)
    new Uint8Array(values.buffer, values.byteOffset, bytes.length).set(bytes)
    return loops.allFinite(values) ? { ok: true, values } : notFinite
  },
})
