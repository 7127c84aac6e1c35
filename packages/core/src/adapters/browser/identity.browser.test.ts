import { ed25519 } from '@noble/curves/ed25519.js'
import { expect, test } from 'vitest'
import { byJavaScript, createIdentity, hexOf } from './identity.ts'

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

test.each([
  ['WebCrypto', createIdentity],
  ['plain JavaScript', byJavaScript],
])('%s signs with the key that the id is', async (_, create) => {
  const { peerId, sign } = await create()
  const bytes = new TextEncoder().encode('gossamer-hello:nonce')
  expect(ed25519.verify(await sign(bytes), bytes, bytesOf(peerId))).toBe(true)
  expect(hexOf(bytesOf(peerId))).toBe(peerId)
})
