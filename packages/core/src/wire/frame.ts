/**
 * A message travels as frames of at most 16 KiB behind a header of 16 bytes, all fields little-endian:
 *
 *   0  uint8   version of the framing, 1
 *   1  uint8   type: 1 data, 2 cancel
 *   2  uint16  bytes of payload in this frame
 *   4  uint32  transfer: the sender's number for this message
 *   8  uint32  chunk: 0, 1, 2, ... within the transfer
 *  12  uint32  bytes of the whole message
 *
 * Every chunk but the last is full, so chunk and total fix the length of the payload; an empty message is one
 * empty chunk. A cancel has no payload, chunk 0 and total 0. The channel authenticates: there is no checksum.
 */
export const headerBytes = 16
export const payloadBytes = 16_384
export const frameBytes: number = headerBytes + payloadBytes

const framingVersion = 1
const dataType = 1
const cancelType = 2

export type Frame =
  /** `payload` is a view of the frame's bytes. */
  | {
      readonly type: 'data'
      readonly transferId: number
      readonly chunk: number
      readonly totalBytes: number
      readonly payload: Uint8Array
    }
  | { readonly type: 'cancel'; readonly transferId: number }

export type ParsedFrame =
  | { readonly ok: true; readonly frame: Frame }
  | { readonly ok: false; readonly reason: 'malformed' }

export const chunksOf = (totalBytes: number): number => Math.max(1, Math.ceil(totalBytes / payloadBytes))

/**
 * The frames of a message one after another, each a new array that the caller owns: the message is copied once,
 * and no sooner than needed, so it must not change until the last. `transferId` is taken modulo 2^32.
 */
export function* framesOf(message: Uint8Array, transferId: number): Generator<Uint8Array<ArrayBuffer>, void> {
  const chunks = chunksOf(message.length)
  for (let chunk = 0; chunk < chunks; chunk++) {
    const payload = message.subarray(chunk * payloadBytes, (chunk + 1) * payloadBytes)
    const frame = new Uint8Array(headerBytes + payload.length)
    writeHeader(frame, dataType, payload.length, transferId, chunk, message.length)
    frame.set(payload, headerBytes)
    yield frame
  }
}

/** Tells the receiver that no more frames of the transfer come. */
export function cancelFrame(transferId: number): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(headerBytes)
  writeHeader(frame, cancelType, 0, transferId, 0, 0)
  return frame
}

/** Reads one frame of a stranger: never throws, allocates nothing but views. */
export function parseFrame(bytes: Uint8Array): ParsedFrame {
  if (bytes.length < headerBytes) return malformed
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerBytes)
  const type = header.getUint8(1)
  const length = header.getUint16(2, true)
  const transferId = header.getUint32(4, true)
  const chunk = header.getUint32(8, true)
  const totalBytes = header.getUint32(12, true)
  if (header.getUint8(0) !== framingVersion || length !== bytes.length - headerBytes) return malformed
  if (type === cancelType && length === 0 && chunk === 0 && totalBytes === 0)
    return { ok: true, frame: { type: 'cancel', transferId } }
  if (type !== dataType || chunk >= chunksOf(totalBytes)) return malformed
  if (length !== Math.min(payloadBytes, totalBytes - chunk * payloadBytes)) return malformed
  const payload = bytes.subarray(headerBytes)
  return { ok: true, frame: { type: 'data', transferId, chunk, totalBytes, payload } }
}

const malformed: ParsedFrame = { ok: false, reason: 'malformed' }

function writeHeader(
  frame: Uint8Array<ArrayBuffer>,
  type: number,
  length: number,
  transferId: number,
  chunk: number,
  totalBytes: number,
): void {
  const header = new DataView(frame.buffer)
  header.setUint8(0, framingVersion)
  header.setUint8(1, type)
  header.setUint16(2, length, true)
  header.setUint32(4, transferId, true)
  header.setUint32(8, chunk, true)
  header.setUint32(12, totalBytes, true)
}
