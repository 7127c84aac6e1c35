import { packFloat16, unpackFloat16 } from '../params/float16.ts'
import { allFinite } from '../params/vector.ts'
import { type Codec, notFinite, wrongSize } from './codec.ts'

/** The nearest float16 of each value, 2 bytes: 11 significant bits; beyond +-65504 saturated, below 2^-25 zero. */
export const float16: Codec = {
  name: 'float16',
  byteLength: (count) => 2 * count,
  encode: (values) => {
    if (!allFinite(values)) throw new RangeError('float16: a value is not finite')
    const halves = new Uint16Array(values.length)
    packFloat16(values, halves)
    return new Uint8Array(halves.buffer)
  },
  decode: (bytes, count) => {
    if (bytes.length !== 2 * count) return wrongSize
    const values = new Float32Array(count)
    // The bytes may begin at an odd address; the second half of the result is aligned room for them.
    new Uint8Array(values.buffer, 2 * count).set(bytes)
    return unpackFloat16(new Uint16Array(values.buffer, 2 * count), values) ? { ok: true, values } : notFinite
  },
}
