import { createPublicKey, timingSafeEqual, verify } from 'node:crypto'
import { helloText } from './protocol.ts'

/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410) up to the 32 bytes of the key itself. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** Whether `signature` over the challenge was made with the key that `peer` is; false for anything malformed. */
export function provesIdentity(peer: string, nonce: string, signature: string): boolean {
  try {
    const der = Buffer.concat([spkiPrefix, Buffer.from(peer, 'hex')])
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    return verify(null, Buffer.from(helloText(nonce)), key, Buffer.from(signature, 'hex'))
  } catch {
    return false
  }
}

/** Equality in constant time, whatever the lengths. */
export function sameSecret(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)]
  return a.length === b.length && timingSafeEqual(a, b)
}
