import { type Codec, notFinite, wrongSize } from './codec.ts'
import type { Loops } from './loops.ts'

/** The values as they are: 4 bytes each, exact. */
export const float32 = (loops: Loops): Codec => ({
  name: 'float32',
  byteLength: (count) => 4 * count,
  encode: (values) => {
    const copy = new Float32Array(values)
    if (!loops.allFinite(copy)) throw new RangeError('float32: a value is not finite')
    return new Uint8Array(copy.buffer)
  },
  decode: (bytes, count) => {
    if (bytes.length !== 4 * count) return wrongSize
    const values = new Float32Array(count)
    new Uint8Array(values.buffer).set(bytes)
    return loops.allFinite(values) ? { ok: true, values } : notFinite
  },
})
