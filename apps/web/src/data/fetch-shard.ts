import type { Shard } from './manifest.ts'

export class DataError extends Error {
  override readonly name = 'DataError'
}

/** Reads a stream to its end; more than `most` bytes are never held, and an error names `what` then. */
async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  most: number,
  what: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(most)
  const reader = stream.getReader()
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return bytes.subarray(0, length)
    if (length + value.length > most) {
      await reader.cancel()
      throw new DataError(`${what} is larger than its manifest says`)
    }
    bytes.set(value, length)
    length += value.length
  }
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

const hex = (buffer: ArrayBuffer): string =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('')

/**
 * The uncompressed bytes of a shard, checked against its size and hash; the caller owns them. Some servers label
 * a .gz file as an encoding and the browser has unpacked it before we see it, so both forms are taken. The hash
 * is skipped where the page has no `crypto.subtle` (plain http on a local network). Throws DataError.
 */
export async function fetchShard(base: string, shard: Shard): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(base + shard.file).catch(() => undefined)
  if (response?.ok !== true || response.body === null)
    throw new DataError(`${shard.file} could not be fetched (${response?.status ?? 'no answer'})`)
  const body = await readAtMost(response.body, Math.max(shard.bytes, shard.rawBytes), shard.file)
  const raw = isGzip(body)
    ? await readAtMost(
        new Blob([body]).stream().pipeThrough(new DecompressionStream('gzip')),
        shard.rawBytes,
        shard.file,
      )
    : body
  if (raw.length !== shard.rawBytes) throw new DataError(`${shard.file} is shorter than its manifest says`)
  if (globalThis.crypto?.subtle !== undefined) {
    const digest = hex(await crypto.subtle.digest('SHA-256', raw))
    if (digest !== shard.sha256) throw new DataError(`${shard.file} does not match its checksum`)
  }
  return raw
}
