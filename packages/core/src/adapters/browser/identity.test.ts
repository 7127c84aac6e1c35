import { createPublicKey, verify } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { createIdentity, type Identity } from './identity.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const isSigned = (peerId: string, bytes: Uint8Array, signature: Uint8Array): boolean => {
  const der = Buffer.from(`302a300506032b6570032100${peerId}`, 'hex')
  return verify(null, bytes, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature)
}

async function check(identity: Identity): Promise<void> {
  expect(identity.peerId).toMatch(/^[0-9a-f]{64}$/)
  const bytes = new TextEncoder().encode('gossamer-hello:nonce')
  const signature = await identity.sign(bytes)
  expect(signature).toHaveLength(64)
  expect(isSigned(identity.peerId, bytes, signature)).toBe(true)
  expect(isSigned(identity.peerId, new TextEncoder().encode('something else'), signature)).toBe(false)
}

test('signs with the key that its id is', async () => {
  await check(await createIdentity())
})

test('signs where the page has no WebCrypto', async () => {
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
  await check(await createIdentity())
})

test('signs where WebCrypto lacks the curve', async () => {
  const subtle = { generateKey: () => Promise.reject(new DOMException('no', 'NotSupportedError')) }
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto), subtle })
  await check(await createIdentity())
})

test('every identity is another', async () => {
  expect((await createIdentity()).peerId).not.toBe((await createIdentity()).peerId)
})
