import { codecs, linkCodecs } from '../codec/codecs.ts'
import type { Link, LinkDecoded, Sent } from '../codec/link.ts'
import type { PeerId, Random } from '../ports.ts'
import type { Subject, Weights } from '../wire/message.ts'

/** How weights become bytes for a neighbour and bytes of a neighbour weights, and what both ends remember for it. */
export interface Links {
  /** The longest payload, whatever it carries. */
  readonly mostBytes: number
  /** The longest payload of an exchange. */
  readonly exchangeBytes: number
  encode(to: PeerId, subject: Subject, vector: Float32Array): Sent
  /** `wrong-codec`: a difference that this room does not send. */
  decode(from: PeerId, weights: Weights): LinkDecoded | { readonly ok: false; readonly reason: 'wrong-codec' }
  /** What was sent last may not have arrived. */
  forget(peer: PeerId): void
  /** The connection came up, or ended: neither side remembers anything. */
  close(peer: PeerId): void
}

/**
 * Own weights travel by the room's codec, served ones always as float16.
 *
 * @param size of the parameter vector
 * @param random is drawn from by codecs that say so, and by no others
 */
export function createLinks(codec: Weights['codec'], size: number, random: Random): Links {
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
      subject === 'own'
        ? linkTo(to).encode(vector, random)
        : { bytes: codecs.float16.encode(vector), reference: vector },
    decode: (from, { subject, codec: used, payload }) => {
      if (used === codec && subject === 'own') return linkTo(from).decode(payload)
      if (used === 'ternary' || used === 'sign' || used === 'top-k')
        return { ok: false, reason: 'wrong-codec' }
      return codecs[used].decode(payload, size)
    },
    forget: (peer) => open.get(peer)?.forget(),
    close: (peer) => {
      open.delete(peer)
    },
  }
}
