import { integer } from '../lib/random.ts'
import { distance } from '../params/vector.ts'
import { type Codec, type DifferenceCodecName, wrongSize } from './codec.ts'
import type { Link, LinkCodec, LinkDecoded } from './link.ts'

/** A coarse form of the difference between values and what the neighbour takes them for. */
export interface DifferenceScheme {
  readonly name: DifferenceCodecName
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

/** More than this share of the distance to the neighbour left unsaid: a keyframe says it all. */
const mostLeft = 0.7

const headerBytes = 5
const isDifference = 1
const wantsKeyframe = 2

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
 * A keyframe carries the values whole. It is the first frame of a link, and comes again whenever the neighbour asked
 * for one, `forget` was called, or ||w - reference|| would stay above 0.7 ||w - the neighbour's reference||: a pull
 * toward a reference that lags behind is applied again and again, and peers drive one another apart.
 *
 * Bytes: flags (1: a difference; 2: "send me a keyframe"), a uint32, then the keyframe or the difference. The number of
 * a keyframe is drawn at random; a difference carries the number of the frame that it builds on, and its own is one
 * more. A receiver that does not hold that frame answers 'no-reference' and sets flag 2 in what it sends until
 * a keyframe arrives. So a lost frame costs the exchanges up to the next frame in the other direction, and nothing else.
 *
 * Memory: two vectors for each neighbour. Fails silently never; costs a keyframe where links break often.
 */
export const differenceCodec = (scheme: DifferenceScheme, keyframes: Codec): LinkCodec => ({
  name: scheme.name,
  mostBytes: (count) => headerBytes + Math.max(keyframes.byteLength(count), scheme.byteLength(count)),
  open: (count) => openLink(scheme, keyframes, count),
})

function openLink(scheme: DifferenceScheme, keyframes: Codec, count: number): Link {
  const differenceBytes = headerBytes + scheme.byteLength(count)
  const keyframeBytes = headerBytes + keyframes.byteLength(count)
  let own: Reference | undefined
  let theirs: Reference | undefined
  let lacksReference = false
  let owesKeyframe = false

  const writeHeader = (bytes: Uint8Array<ArrayBuffer>, kind: number, number: number): void => {
    bytes[0] = kind | (lacksReference ? wantsKeyframe : 0)
    new DataView(bytes.buffer).setUint32(1, number, true)
  }

  /** Undefined where a keyframe is due. */
  const difference = (values: Float32Array, { values: reference, number }: Reference) => {
    const bytes = new Uint8Array(differenceBytes)
    const body = bytes.subarray(headerBytes)
    const left = Math.sqrt(Math.max(0, scheme.encode(values, reference, body)))
    if (!Number.isFinite(left)) return undefined
    if (theirs !== undefined && left > mostLeft * distance(values, theirs.values)) return undefined
    if (scheme.add(body, reference) !== 'added') return undefined
    writeHeader(bytes, isDifference, number)
    own = { values: reference, number: following(number) }
    return { bytes, reference: reference.slice() }
  }

  const keyframe = (values: Float32Array, number: number) => {
    const body = keyframes.encode(values)
    const decoded = keyframes.decode(body, count)
    if (!decoded.ok) throw new RangeError(`${keyframes.name}: ${decoded.reason}`)
    const bytes = new Uint8Array(keyframeBytes)
    bytes.set(body, headerBytes)
    writeHeader(bytes, 0, number)
    own = { values: decoded.values, number }
    owesKeyframe = false
    return { bytes, reference: decoded.values.slice() }
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
    const outcome = scheme.add(body, theirs.values)
    if (outcome !== 'added') return { ok: false, reason: outcome }
    theirs = { values: theirs.values, number: following(number) }
    return { ok: true, values: theirs.values.slice() }
  }

  return {
    encode: (values, random) =>
      (own === undefined || owesKeyframe ? undefined : difference(values, own)) ??
      keyframe(values, integer(random, 2 ** 32)),
    decode: (bytes) => {
      const flags = bytes[0] ?? 0
      const isKeyframe = (flags & isDifference) === 0
      if (bytes.length !== (isKeyframe ? keyframeBytes : differenceBytes)) return wrongSize
      if (flags > (isDifference | wantsKeyframe)) return { ok: false, reason: 'malformed' }
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
