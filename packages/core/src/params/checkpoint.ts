/** What a peer keeps across reloads. */
export interface Checkpoint {
  /** Of the layout that the parameters belong to. */
  readonly fingerprint: string
  readonly steps: number
  readonly merges: number
  readonly own: Float32Array
  readonly served: Float32Array
}

// "GSMR", version, then fingerprint (16 ASCII), steps, merges, size (u32), own, served (float32), all little-endian.
const magic = 0x524d5347
const version = 1
const headerBytes = 36

/** A new array of 36 + 8 x parameters bytes. */
export function encodeCheckpoint({
  fingerprint,
  steps,
  merges,
  own,
  served,
}: Checkpoint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headerBytes + 4 * (own.length + served.length))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, true)
  view.setUint32(4, version, true)
  for (let i = 0; i < 16; i++) bytes[8 + i] = fingerprint.charCodeAt(i)
  view.setUint32(24, steps, true)
  view.setUint32(28, merges, true)
  view.setUint32(32, own.length, true)
  bytes.set(new Uint8Array(own.buffer, own.byteOffset, own.byteLength), headerBytes)
  bytes.set(new Uint8Array(served.buffer, served.byteOffset, served.byteLength), headerBytes + own.byteLength)
  return bytes
}

/** Undefined for anything but a whole checkpoint of finite parameters in the given layout. */
export function decodeCheckpoint(
  bytes: Uint8Array,
  fingerprint: string,
  size: number,
): Checkpoint | undefined {
  if (bytes.byteLength !== headerBytes + 8 * size) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== magic || view.getUint32(4, true) !== version) return undefined
  if (view.getUint32(32, true) !== size) return undefined
  if (String.fromCharCode(...bytes.subarray(8, 24)) !== fingerprint) return undefined
  const floats = new Float32Array(bytes.slice(headerBytes).buffer)
  if (!floats.every(Number.isFinite)) return undefined
  return {
    fingerprint,
    steps: view.getUint32(24, true),
    merges: view.getUint32(28, true),
    own: floats.slice(0, size),
    served: floats.slice(size),
  }
}
