import type { Codec, CodecName } from './codec.ts'
import { float16 } from './float16.ts'
import { float32 } from './float32.ts'
import { int8 } from './int8.ts'

/** Every codec by the name that a task and the wire give it. */
export const codecs: Readonly<Record<CodecName, Codec>> = { float32, float16, int8 }
