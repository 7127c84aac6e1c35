import { createPublicKey, timingSafeEqual, verify } from 'node:crypto'
import { helloText } from './protocol.ts'

/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410) up to the 32 bytes of the key itself. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * The points of small order, sign bit cleared, with the encodings of 0 and 1 that are not reduced. Under such a
 * key every second to eighth signature of zeros is valid, so it proves nothing (RFC 8032 leaves the check to us).
 */
const smallOrder: ReadonlySet<string> = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
])

/** Whether `signature` over the challenge was made with the key that `peer` is; false for anything malformed. */
export function provesIdentity(peer: string, nonce: string, signature: string): boolean {
  const key = Buffer.from(peer, 'hex')
  if (key.length !== 32 || isOfSmallOrder(key)) return false
  try {
    const der = Buffer.concat([spkiPrefix, key])
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' })
    return verify(null, Buffer.from(helloText(nonce)), publicKey, Buffer.from(signature, 'hex'))
  } catch {
    return false
  }
}

function isOfSmallOrder(key: Buffer): boolean {
  const unsigned = Buffer.from(key)
  unsigned[31] = (unsigned[31] ?? 0) & 0x7f
  return smallOrder.has(unsigned.toString('hex'))
}

/** Equality in constant time, whatever the lengths. */
export function sameSecret(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)]
  return a.length === b.length && timingSafeEqual(a, b)
}
