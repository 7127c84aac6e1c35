import { fragments, linkCodecs, vectors } from '@gossamer/core'
import type { Row } from '../learning/row.ts'
import { goals, neighbours, residentTimes, timesAnywhere } from './measure.ts'
import { rowFor } from './row.ts'
import { gigabytesPerSecond, medianTimesMs, type Rounds } from './take-turns.ts'

/** Pieces of the `fragments` case, each as int8. */
const pieces = 4

/** What is promised is measured longer. */
const longer = ({ rounds, ...others }: Rounds): Rounds => ({ ...others, rounds: 5 * rounds })

/** One generator for all, so that codecs that round at random do. */
const random = { next: Math.random }

/** An end of a link: one exchange, in as many frames as it takes. */
interface End {
  encode(values: Float32Array): readonly Uint8Array[]
  /** Undefined for bytes that cannot be decoded. */
  decode(bytes: Uint8Array): Float32Array | undefined
}

interface Measured {
  readonly name: string
  open(count: number): End
}

const measured: readonly Measured[] = [
  ...Object.values(linkCodecs).map(({ name, open }) => ({
    name,
    open: (count: number): End => {
      const link = open(count)
      return {
        encode: (values) => [link.encode(values, random).bytes],
        decode: (bytes) => valuesOf(link.decode(bytes)),
      }
    },
  })),
  {
    name: 'fragments',
    open: (count) => {
      const link = fragments(linkCodecs.int8, pieces, 'block').open(count)
      return {
        encode: (values) => Array.from({ length: pieces }, () => link.encode(values, random).bytes),
        decode: (bytes) => valuesOf(link.decode(bytes)),
      }
    },
  },
]

type Decoded = { readonly ok: true; readonly values: Float32Array } | { readonly ok: false }

const valuesOf = (decoded: Decoded): Float32Array | undefined => (decoded.ok ? decoded.values : undefined)

/**
 * Of each codec what encoding, decoding, and decoding and merging take of a whole vector. Of difference codecs: an
 * ordinary frame, not a keyframe; of fragments: every piece once.
 */
export const codecRows = (count: number, rounds: Rounds): readonly Row[] =>
  measured.flatMap((codec) => rowsOf(codec, count, rounds))

function rowsOf({ name, open }: Measured, count: number, rounds: Rounds): readonly Row[] {
  const { values, moved } = neighbours(count)
  const target = new Float32Array(count)
  const own = vectors.resident(count)
  const [here, there] = [open(count), open(count)]
  for (const frame of here.encode(values)) there.decode(frame)
  let frames: readonly Uint8Array[] = []
  let decoded: readonly Float32Array[] = []
  let turn = 0
  const times = medianTimesMs(
    {
      copy: () => target.set(values),
      encode: () => {
        frames = here.encode(turn++ % 2 ? values : moved)
      },
      decode: () => {
        decoded = frames.map((frame) => there.decode(frame) ?? failed(name))
      },
      merge: () => {
        let start = 0
        for (const part of decoded) {
          vectors.merge(own.subarray(start, start + part.length), part, 0.5)
          start += part.length
        }
      },
    },
    // A difference can be decoded once.
    { ...rounds, leastMs: 0 },
  )
  const row = rowFor('codec', name)
  const isInt8 = name === 'int8'
  // What int8 is promised to take is that of vectors that live with the codecs.
  const { copy, encode, decode, decodeMerge } = isInt8
    ? residentTimes(count, longer(rounds))
    : { ...times, decodeMerge: times.decode + times.merge }
  const bytes = frames.reduce((sum, { length }) => sum + length, 0)
  const rate = (metric: string, ms: number): Row => row(metric, gigabytesPerSecond(count, ms), 'GB/s')
  return [
    row('encode-vs-memcpy', encode / copy, 'x', isInt8 ? goals.encodeInt8 : undefined),
    row('decode-vs-memcpy', decode / copy, 'x'),
    row('decode-merge-vs-memcpy', decodeMerge / copy, 'x', isInt8 ? goals.decodeMergeInt8 : undefined),
    row('bytes-per-parameter', bytes / count, 'B'),
    rate('encode-rate', encode),
    rate('decode-rate', decode),
    rate('decode-merge-rate', decodeMerge),
    rate('copy-rate', copy),
  ]
}

function failed(name: string): never {
  throw new Error(`${name}: a frame was not decoded`)
}

/** Merging alone, and what int8 costs where vectors do not live with the codecs. */
export function mergeRows(count: number, rounds: Rounds): readonly Row[] {
  const resident = residentTimes(count, longer(rounds))
  const anywhere = timesAnywhere(count, longer(rounds))
  const row = rowFor('codec', 'merge')
  return [
    row('merge-vs-memcpy', resident.merge / resident.copy, 'x', goals.merge),
    row('merge-anywhere-vs-memcpy', anywhere.merge / anywhere.copy, 'x'),
    row('encode-int8-new-vs-memcpy', resident.encodeNew / resident.copy, 'x'),
    row('encode-int8-anywhere-vs-memcpy', anywhere.encode / anywhere.copy, 'x'),
    row('decode-merge-int8-anywhere-vs-memcpy', anywhere.decodeMerge / anywhere.copy, 'x'),
    row('merge-rate', gigabytesPerSecond(count, resident.merge), 'GB/s'),
    row('copy-rate', gigabytesPerSecond(count, resident.copy), 'GB/s'),
  ]
}
