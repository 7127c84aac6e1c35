import type { PeerId } from '../../ports.ts'

/** A key pair that only signs; its public half names the peer. */
export interface Identity {
  readonly peerId: PeerId
  /** Ed25519, 64 bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/**
 * A fresh Ed25519 identity: by WebCrypto with a key that cannot leave the browser, or in plain JavaScript where
 * the page has none (http:// on a local network) or it lacks the curve. Two tabs never share one.
 */
export async function createIdentity(): Promise<Identity> {
  return (await byWebCrypto()) ?? (await byJavaScript())
}

async function byWebCrypto(): Promise<Identity | undefined> {
  // Undefined outside secure contexts, whatever its type says.
  const subtle: SubtleCrypto | undefined = crypto.subtle
  if (subtle === undefined) return undefined
  try {
    const keys = await subtle.generateKey('Ed25519', false, ['sign', 'verify'])
    if (!('privateKey' in keys)) return undefined
    const peerId = hexOf(new Uint8Array(await subtle.exportKey('raw', keys.publicKey)))
    return {
      peerId,
      sign: async (bytes) => new Uint8Array(await subtle.sign('Ed25519', keys.privateKey, bytes.slice())),
    }
  } catch {
    return undefined
  }
}

/** The way without WebCrypto; exported for its test. */
export async function byJavaScript(): Promise<Identity> {
  const { ed25519 } = await import('@noble/curves/ed25519.js')
  const { secretKey, publicKey } = ed25519.keygen()
  return { peerId: hexOf(publicKey), sign: async (bytes) => ed25519.sign(bytes, secretKey) }
}

/** Two lower-case digits a byte. */
export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
