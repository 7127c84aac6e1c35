import * as v from 'valibot'

/**
 * What two peers tell each other through discovery while they connect: JSON in an opaque box. Every box names
 * its connection attempt (16 hex digits), so that late boxes of a dead attempt are ignored. The smaller peer id
 * always offers; the larger one knocks. Offers and answers may come again within an attempt: an ICE restart.
 */
export type Box =
  | { readonly type: 'knock'; readonly attempt: string }
  | { readonly type: 'offer' | 'answer'; readonly attempt: string; readonly sdp: string }
  | { readonly type: 'candidates'; readonly attempt: string; readonly candidates: readonly Candidate[] }
  /** The larger id asks for an ICE restart. */
  | { readonly type: 'restart'; readonly attempt: string }
  /** No: this peer has enough links, or made too many connections of late. Answers an offer or a knock. */
  | { readonly type: 'refuse'; readonly attempt: string; readonly reason: 'full' | 'too-often' }

export interface Candidate {
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
}

/** How many candidates fit one box. */
export const candidatesAtOnce: number = 16

const largestBox = 15 * 1024

const attempt: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/))
const sdp: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.startsWith('v=0'), v.maxLength(8_000))
const candidate: v.GenericSchema<unknown, Candidate> = v.object({
  candidate: v.pipe(v.string(), v.maxLength(512)),
  sdpMid: v.nullable(v.pipe(v.string(), v.maxLength(32))),
  sdpMLineIndex: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8))),
})
const schema: v.GenericSchema<unknown, Box> = v.variant('type', [
  v.object({ type: v.literal('knock'), attempt }),
  v.object({ type: v.picklist(['offer', 'answer']), attempt, sdp }),
  v.object({
    type: v.literal('candidates'),
    attempt,
    candidates: v.pipe(v.array(candidate), v.minLength(1), v.maxLength(candidatesAtOnce)),
  }),
  v.object({ type: v.literal('restart'), attempt }),
  v.object({ type: v.literal('refuse'), attempt, reason: v.picklist(['full', 'too-often']) }),
])

export const encodeBox = (box: Box): string => JSON.stringify(box)

/** Undefined for anything that is not exactly a box. Never throws. */
export function decodeBox(text: string): Box | undefined {
  if (text.length > largestBox) return undefined
  try {
    const result = v.safeParse(schema, JSON.parse(text), { abortEarly: true })
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}
