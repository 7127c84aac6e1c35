import { allFinite } from '../params/vector.ts'
import { type Codec, notFinite, wrongSize } from './codec.ts'

/** The values as they are: 4 bytes each, exact. */
export const float32: Codec = {
  name: 'float32',
  byteLength: (count) => 4 * count,
  encode: (values) => {
    if (!allFinite(values)) throw new RangeError('float32: a value is not finite')
    return new Uint8Array(values.slice().buffer)
  },
  decode: (bytes, count) => {
    if (bytes.length !== 4 * count) return wrongSize
    const values = new Float32Array(count)
    new Uint8Array(values.buffer).set(bytes)
    return allFinite(values) ? { ok: true, values } : notFinite
  },
}
