import type { Codec } from './codec.ts'
import type { DifferenceScheme } from './difference-link.ts'
import { thresholdBits } from './largest.ts'

/** Indices of a section differ in their low 16 bits only. */
const sectionLength = 65_536

/** Share of the values that travel where a task names the codec only. */
export const defaultShare: number = 1 / 32

/**
 * The k = ceil(share n) largest differences, as int8 (3.008 bytes each); of equal ones the first. All others stay for
 * later: the difference to the shared reference remembers them, so nothing needs error feedback (top-k over shared
 * replicas, Koloskova et al. 2019, arXiv 1902.00340). Without shared replicas it fails.
 *
 * Bytes: for each section of 65,536 values how many of it follow, as uint32; then the low 16 bits of every index,
 * ascending in a section; then the values as int8 with scales, in that order.
 *
 * Throws RangeError for a share that is not above 0 and at most 1.
 */
export function topK(values8: Codec, share: number = defaultShare): DifferenceScheme {
  if (!(share > 0 && share <= 1)) throw new RangeError(`top-k: share is ${share}, allowed is above 0 to 1`)
  const keptOf = (count: number): number => Math.ceil(share * count)
  const sectionsOf = (count: number): number => Math.ceil(count / sectionLength)
  const byteLength = (count: number): number =>
    4 * sectionsOf(count) + 2 * keptOf(count) + values8.byteLength(keptOf(count))

  return {
    name: 'top-k',
    mostLeft: 0.7,
    byteLength,
    encode: (values, reference, bytes) => {
      const kept = keptOf(values.length)
      const view = new DataView(bytes.buffer, bytes.byteOffset)
      const differences = values.map((value, i) => value - (reference[i] ?? 0))
      let squares = 0
      for (const x of differences) squares += x * x
      if (!Number.isFinite(Math.fround(squares))) return Number.NaN
      const [limit, mostEqual] = thresholdBits(differences, kept)
      const words = new Uint32Array(differences.buffer)
      const chosen = new Float32Array(kept)
      let equalLeft = mostEqual
      let at = 0
      for (let i = 0; i < words.length && at < kept; i++) {
        const magnitude = (words[i] ?? 0) & 0x7fffffff
        if (magnitude < limit || (magnitude === limit && equalLeft-- <= 0)) continue
        const counter = 4 * Math.floor(i / sectionLength)
        view.setUint32(counter, view.getUint32(counter, true) + 1, true)
        view.setUint16(4 * sectionsOf(values.length) + 2 * at, i % sectionLength, true)
        chosen[at++] = differences[i] ?? 0
      }
      const body = values8.encode(chosen)
      bytes.set(body, bytes.length - body.length)
      const sent = values8.decode(body, kept)
      if (!sent.ok) return Number.NaN
      chosen.forEach((x, i) => {
        squares += (x - (sent.values[i] ?? 0)) ** 2 - x * x
      })
      return squares
    },
    add: (bytes, reference) => {
      const kept = keptOf(reference.length)
      const view = new DataView(bytes.buffer, bytes.byteOffset)
      const indices = readIndices(view, reference.length, kept, sectionsOf(reference.length))
      if (indices === undefined) return 'malformed'
      const decoded = values8.decode(bytes.subarray(bytes.length - values8.byteLength(kept)), kept)
      if (!decoded.ok) return 'not-finite'
      indices.forEach((index, i) => {
        reference[index] = (reference[index] ?? 0) + (decoded.values[i] ?? 0)
      })
      return 'added'
    },
  }
}

/** Undefined unless there are just `kept` of them, ascending and below `count`. */
function readIndices(view: DataView, count: number, kept: number, sections: number): Uint32Array | undefined {
  const indices = new Uint32Array(kept)
  let at = 0
  for (let section = 0; section < sections; section++) {
    const number = view.getUint32(4 * section, true)
    if (number > kept - at) return undefined
    let least = section * sectionLength
    for (const end = at + number; at < end; at++) {
      const index = section * sectionLength + view.getUint16(4 * sections + 2 * at, true)
      if (index < least || index >= count) return undefined
      indices[at] = index
      least = index + 1
    }
  }
  return at === kept ? indices : undefined
}
