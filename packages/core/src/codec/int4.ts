import { integer } from '../lib/random.ts'
import { blocksOf, int4Blocks } from './blocks.ts'
import { type Codec, notFinite, roomFor, vectorFor, wrongSize } from './codec.ts'
import type { Loops } from './loops.ts'

const byteLength = (count: number): number => 2 * blocksOf(count, int4Blocks.length) + Math.ceil(count / 2)

/**
 * Four bits a value with one scale for each block of 64 values (0.531 bytes a value), rounded at random (QSGD,
 * Alistarh et al. 2017, arXiv 1610.02132): x is sent as floor(x / s + u), u uniform in [0, 1), so that errors of many
 * exchanges cancel; without randomness as round(x / s), ties to even. s is the smallest float16 not below
 * max|x| / 7 of the block: no value is off by s or more, and in the mean none is off (by more than 2^-16 s).
 * Where a reference for each neighbour costs too much memory, this is the smallest form.
 *
 * Bytes: every block's scale as a float16, then two codes of -7 to 7 in a byte, the first in the low half. The high
 * half of the last byte is zero where the number of values is odd.
 */
export const int4 = (loops: Loops): Codec => ({
  name: 'int4',
  byteLength,
  encode: (values, random, into) => {
    const bytes = roomFor(byteLength(values.length), into)
    const seed = random === undefined ? undefined : integer(random, 2 ** 32)
    if (!loops.encodeInt4(values, bytes, seed)) throw new RangeError('int4: a value is not finite')
    return bytes
  },
  decode: (bytes, count, into) => {
    if (bytes.length !== byteLength(count)) return wrongSize
    const values = vectorFor(count, into)
    return loops.decodeInt4(bytes, values) ? { ok: true, values } : notFinite
  },
})
