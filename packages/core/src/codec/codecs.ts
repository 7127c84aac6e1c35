import type { Codec, CodecName } from './codec.ts'
import { float16 } from './float16.ts'
import { float32 } from './float32.ts'
import { int8 } from './int8.ts'
import type { Loops } from './loops.ts'
import { plainLoops } from './plain-loops.ts'
import { simdLoops } from './simd-loops.ts'

/** Every codec by the name that a task and the wire give it. */
export type Codecs = Readonly<Record<CodecName, Codec>>

export const codecsWith = (loops: Loops): Codecs => ({ float32, float16: float16(loops), int8: int8(loops) })

/** The codecs on the fastest loops there are. */
export const codecs: Codecs = codecsWith(simdLoops() ?? plainLoops)
