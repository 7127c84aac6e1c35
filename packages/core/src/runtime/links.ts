import { codecs, linkCodecs } from '../codec/codecs.ts'
import { type FragmentCodec, type FragmentLink, fragments } from '../codec/fragments.ts'
import type { Link, LinkDecoded, Sent } from '../codec/link.ts'
import { integer } from '../lib/random.ts'
import type { PeerId, Random } from '../ports.ts'
import type { Subject, Weights } from '../wire/message.ts'

/** How weights become bytes for a neighbour and bytes of a neighbour weights, and what both ends remember for it. */
export interface Links {
  /** The longest payload, whatever it carries. */
  readonly mostBytes: number
  /** The longest payload of an exchange. */
  readonly exchangeBytes: number
  /** Served weights go whole; own ones as one piece, given or whose turn it is with this neighbour, or whole. */
  encode(to: PeerId, subject: Subject, vector: Float32Array, piece?: number): SentPiece
  /** As a link's. `wrong-codec`: a difference or a piece that this room does not send. */
  decode(from: PeerId, weights: Weights, into?: Float32Array<ArrayBuffer>): Arrived
  /** What was sent last may not have arrived. */
  forget(peer: PeerId): void
  /** The connection came up, or ended: neither side remembers anything. */
  close(peer: PeerId): void
}

/** `piece` is undefined where the vector went whole; otherwise `reference` holds the values of that piece alone. */
export type SentPiece = Sent & { readonly piece: number | undefined }

export type Arrived =
  | (Extract<LinkDecoded, { ok: true }> & { readonly piece: number | undefined })
  | Extract<LinkDecoded, { ok: false }>
  | { readonly ok: false; readonly reason: 'wrong-codec' }

/**
 * Own weights travel by the room's codec, served ones always as float16.
 *
 * @param size of the parameter vector
 * @param pieces in which own weights travel, one in each exchange
 * @param random is drawn from by codecs that say so and for the first piece of a link, and by no others
 */
export const createLinks = (codec: Weights['codec'], size: number, pieces: number, random: Random): Links =>
  pieces === 1 ? wholeLinks(codec, size, random) : pieceLinks(codec, size, pieces, random)

function wholeLinks(codec: Weights['codec'], size: number, random: Random): Links {
  const linkCodec = linkCodecs[codec]
  const open = new Map<PeerId, Link>()

  const linkTo = (peer: PeerId): Link => {
    const link = open.get(peer) ?? linkCodec.open(size)
    open.set(peer, link)
    return link
  }

  return {
    exchangeBytes: linkCodec.mostBytes(size),
    mostBytes: Math.max(linkCodec.mostBytes(size), codecs.float16.byteLength(size)),
    encode: (to, subject, vector) =>
      subject === 'own' ? { ...linkTo(to).encode(vector, random), piece: undefined } : servedWhole(vector),
    decode: (from, weights, into) => {
      const { subject, codec: used, payload } = weights
      if (used === codec && subject === 'own') return whole(linkTo(from).decode(payload, into))
      return decodeWhole(weights, size)
    },
    forget: (peer) => open.get(peer)?.forget(),
    close: (peer) => {
      open.delete(peer)
    },
  }
}

function pieceLinks(codec: Weights['codec'], size: number, pieces: number, random: Random): Links {
  const fragmentCodec: FragmentCodec = fragments(linkCodecs[codec], pieces, 'interleaved')
  const open = new Map<PeerId, FragmentLink>()

  // Links begin anywhere, or rooms with short ones would hear of the first piece only.
  const linkTo = (peer: PeerId): FragmentLink => {
    const link = open.get(peer) ?? fragmentCodec.open(size, integer(random, pieces))
    open.set(peer, link)
    return link
  }

  return {
    exchangeBytes: fragmentCodec.mostBytes(size),
    mostBytes: Math.max(fragmentCodec.mostBytes(size), codecs.float16.byteLength(size)),
    encode: (to, subject, vector, piece) => {
      if (subject === 'served') return servedWhole(vector)
      const { bytes, reference, index } = linkTo(to).encode(vector, random, piece)
      return { bytes, reference, piece: index }
    },
    decode: (from, weights) => {
      if (weights.subject === 'served') return decodeWhole(weights, size)
      if (weights.codec !== codec) return { ok: false, reason: 'wrong-codec' }
      const decoded = linkTo(from).decode(weights.payload)
      return decoded.ok ? { ok: true, values: decoded.values, piece: decoded.index } : decoded
    },
    forget: (peer) => open.get(peer)?.forget(),
    close: (peer) => {
      open.delete(peer)
    },
  }
}

const whole = (decoded: LinkDecoded): Arrived => (decoded.ok ? { ...decoded, piece: undefined } : decoded)

const servedWhole = (vector: Float32Array): SentPiece => ({
  bytes: codecs.float16.encode(vector),
  reference: vector,
  piece: undefined,
})

/** Weights whose bytes stand for themselves. */
function decodeWhole({ codec, payload }: Weights, size: number): Arrived {
  if (codec === 'ternary' || codec === 'sign' || codec === 'top-k')
    return { ok: false, reason: 'wrong-codec' }
  return whole(codecs[codec].decode(payload, size))
}
