import { concatBytes } from '../lib/bytes.ts'
import { integer } from '../lib/random.ts'
import { distance } from '../params/vector.ts'
import { type Codec, type DifferenceCodecName, wrongSize } from './codec.ts'
import type { Link, LinkCodec, LinkDecoded, Sent } from './link.ts'

/** A coarse form of the difference between values and what the neighbour takes them for. */
export interface DifferenceScheme {
  readonly name: DifferenceCodecName
  /** The part of the distance to the neighbour that may be left unsaid. */
  readonly mostLeft: number
  /** The exact length of a difference of `count` values. */
  byteLength(count: number): number
  /**
   * Writes the difference into `bytes` and changes nothing else. Answers ||values - reference - difference||^2; not
   * a finite number where the difference is not finite.
   */
  encode(values: Float32Array, reference: Float32Array, bytes: Uint8Array<ArrayBuffer>): number
  /** Adds a difference of the right length to the reference. Where it answers something else than 'added', nothing has changed. */
  add(bytes: Uint8Array, reference: Float32Array): 'added' | 'not-finite' | 'malformed'
}

const headerBytes = 5
/** Bits of the first byte. */
const isDifference = 1
const wantsKeyframe = 2
const roundsShift = 2
const mostRounds = 8

/** What one side takes the other's values for, and the number of the frame that made it so. */
interface Reference {
  readonly values: Float32Array
  readonly number: number
}

/**
 * Differences over shared replicas (CHOCO-SGD, Koloskova et al. 2019, arXiv 1902.00340): both ends keep the same
 * reference for each direction, a frame carries Q(w - reference), and both ends add it. Peers merge
 * w += b (their reference - own reference).
 *
 * A pull toward a reference that lags behind is applied again and again, and peers drive one another apart. So
 * ||w - reference|| may stay no larger than c ||w - the neighbour's reference||: where one round of Q leaves more, a
 * frame carries further rounds, each the Q of what the one before left, as long as they are shorter than a keyframe; and
 * where those are not enough, a keyframe. Errors of the two sides that are independent cannot grow for c up to
 * sqrt(1/2). Signs and trits err alike on both sides: c = 1 holds in all schedules tried, and without any limit
 * one in seven diverged.
 *
 * A keyframe carries the values whole. It comes also when the neighbour asked for one, after `forget`, and as the first
 * frame of a link. (A coarse difference to the common initial weights instead saves bytes, but its error, far larger than
 * what sets trained peers apart, is merged: under churn the served model lost one to four points.)
 *
 * Bytes: flags, a uint32, then the keyframe or the rounds. Flags: 1, a difference; 2, "send me a keyframe"; and four
 * times the number of rounds less one. The number of a keyframe is drawn at random; a difference carries the
 * number of the frame that it builds on, and its own is one more. A
 * receiver that does not hold that frame answers 'no-reference' and sets flag 2 in what it sends until a
 * keyframe arrives. So a lost frame costs the exchanges up to the next frame in the other direction, and nothing else.
 *
 * Memory: two vectors for each neighbour. Costs a keyframe where frames are often lost.
 */
export const differenceCodec = (scheme: DifferenceScheme, keyframes: Codec): LinkCodec => ({
  name: scheme.name,
  mostBytes: (count) => headerBytes + Math.max(keyframes.byteLength(count), scheme.byteLength(count)),
  open: (count) => openLink(scheme, keyframes, count),
})

function openLink(scheme: DifferenceScheme, keyframes: Codec, count: number): Link {
  const roundBytes = scheme.byteLength(count)
  const keyframeBytes = keyframes.byteLength(count)
  const roundsAllowed = Math.max(
    1,
    Math.min(mostRounds, Math.floor((keyframeBytes - 1) / Math.max(1, roundBytes))),
  )
  let own: Reference | undefined
  let theirs: Reference | undefined
  let lacksReference = false
  let owesKeyframe = false

  const frameOf = (flags: number, number: number, body: Uint8Array): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(headerBytes + body.length)
    bytes[0] = flags | (lacksReference ? wantsKeyframe : 0)
    new DataView(bytes.buffer).setUint32(1, number, true)
    bytes.set(body, headerBytes)
    return bytes
  }

  /** Undefined where a keyframe is due. */
  const difference = (values: Float32Array, { values: reference, number }: Reference): Sent | undefined => {
    const enough =
      theirs === undefined ? Number.POSITIVE_INFINITY : scheme.mostLeft * distance(values, theirs.values)
    const next = reference.slice()
    const rounds: Uint8Array[] = []
    for (let round = 0; round < roundsAllowed; round++) {
      const part = new Uint8Array(roundBytes)
      rounds.push(part)
      const left = Math.sqrt(Math.max(0, scheme.encode(values, next, part)))
      if (!Number.isFinite(left) || scheme.add(part, next) !== 'added') return undefined
      if (left > enough) continue
      own = { values: next, number: following(number) }
      const bytes = frameOf(isDifference | (round << roundsShift), number, concatBytes(...rounds))
      return { bytes, reference: next.slice() }
    }
    return undefined
  }

  const keyframe = (values: Float32Array, number: number): Sent => {
    const body = keyframes.encode(values)
    const decoded = keyframes.decode(body, count)
    if (!decoded.ok) throw new RangeError(`${keyframes.name}: ${decoded.reason}`)
    own = { values: decoded.values, number }
    owesKeyframe = false
    return { bytes: frameOf(0, number, body), reference: decoded.values.slice() }
  }

  const takeKeyframe = (body: Uint8Array, number: number): LinkDecoded => {
    const decoded = keyframes.decode(body, count)
    if (!decoded.ok) return decoded
    theirs = { values: decoded.values, number }
    lacksReference = false
    return { ok: true, values: decoded.values.slice() }
  }

  const takeDifference = (body: Uint8Array, number: number): LinkDecoded => {
    if (theirs?.number !== number) {
      lacksReference = true
      return { ok: false, reason: 'no-reference' }
    }
    const next = theirs.values.slice()
    for (let at = 0; at < body.length; at += roundBytes) {
      const outcome = scheme.add(body.subarray(at, at + roundBytes), next)
      if (outcome !== 'added') return { ok: false, reason: outcome }
    }
    theirs = { values: next, number: following(number) }
    return { ok: true, values: next.slice() }
  }

  return {
    encode: (values, random) =>
      (own === undefined || owesKeyframe ? undefined : difference(values, own)) ??
      keyframe(values, integer(random, 2 ** 32)),
    decode: (bytes) => {
      const flags = bytes[0] ?? 0
      const isKeyframe = (flags & isDifference) === 0
      const rounds = (flags >> roundsShift) + 1
      if (bytes.length !== headerBytes + (isKeyframe ? keyframeBytes : rounds * roundBytes)) return wrongSize
      if (isKeyframe ? flags > wantsKeyframe : rounds > roundsAllowed)
        return { ok: false, reason: 'malformed' }
      if (flags & wantsKeyframe) owesKeyframe = true
      const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true)
      const body = bytes.subarray(headerBytes)
      return isKeyframe ? takeKeyframe(body, number) : takeDifference(body, number)
    },
    forget: () => {
      owesKeyframe = true
    },
  }
}

const following = (number: number): number => (number + 1) >>> 0
