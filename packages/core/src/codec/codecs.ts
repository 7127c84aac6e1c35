import type { Codec, CodecName, PlainCodecName } from './codec.ts'
import { differenceCodec } from './difference-link.ts'
import { float16 } from './float16.ts'
import { float32 } from './float32.ts'
import { int4 } from './int4.ts'
import { type Int8Codec, int8 } from './int8.ts'
import { type LinkCodec, stateless } from './link.ts'
import type { Loops } from './loops.ts'
import { plainLoops } from './plain-loops.ts'
import { sign } from './sign.ts'
import { simdLoops } from './simd-loops.ts'
import { ternary } from './ternary.ts'
import { topK } from './top-k.ts'

/** Every codec whose bytes stand for themselves, by the name that a task and the wire give it. */
export type Codecs = Readonly<Record<PlainCodecName, Codec>> & { readonly int8: Int8Codec }

/** Every way to a neighbour, by the name that a task and the wire give it. */
export type LinkCodecs = Readonly<Record<CodecName, LinkCodec>>

export const codecsWith = (loops: Loops): Codecs => ({
  float32: float32(loops),
  float16: float16(loops),
  int8: int8(loops),
  int4: int4(loops),
})

export function linkCodecsWith(loops: Loops): LinkCodecs {
  const plain = codecsWith(loops)
  return {
    float32: stateless(plain.float32),
    float16: stateless(plain.float16),
    int8: stateless(plain.int8),
    int4: stateless(plain.int4),
    ternary: differenceCodec(ternary(loops), plain.int8),
    sign: differenceCodec(sign(loops), plain.int8),
    'top-k': differenceCodec(topK(plain.int8), plain.int8),
  }
}

const fastest = simdLoops() ?? plainLoops

/** The codecs on the fastest loops there are. */
export const codecs: Codecs = codecsWith(fastest)
export const linkCodecs: LinkCodecs = linkCodecsWith(fastest)

/** Whole vectors, on the fastest loops there are. */
export const vectors: Pick<Loops, 'merge' | 'resident'> = { merge: fastest.merge, resident: fastest.resident }
