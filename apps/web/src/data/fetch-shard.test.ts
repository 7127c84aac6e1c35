import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { DataError, fetchShard } from './fetch-shard.ts'

const raw = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) % 251))
const packed = gzipSync(raw)
const shard = {
  file: '',
  count: 1,
  bytes: packed.length,
  rawBytes: raw.length,
  sha256: createHash('sha256').update(raw).digest('hex'),
}
const served = (bytes: Buffer): string => `data:application/octet-stream;base64,${bytes.toString('base64')}`

test('unpacks a shard, and takes one that the server has unpacked already', async () => {
  expect(Buffer.from(await fetchShard(served(packed), shard)).equals(raw)).toBe(true)
  expect(Buffer.from(await fetchShard(served(raw), shard)).equals(raw)).toBe(true)
})

test.each([
  ['more than promised', gzipSync(Buffer.alloc(50_000_000)), /larger/],
  ['less than promised', gzipSync(raw.subarray(1)), /shorter/],
  ['other bytes than promised', gzipSync(Buffer.alloc(raw.length)), /checksum/],
])('refuses %s', async (_, bytes, message) => {
  const answer = fetchShard(served(bytes), { ...shard, bytes: bytes.length })
  await expect(answer).rejects.toThrow(message)
  await expect(answer).rejects.toBeInstanceOf(DataError)
})

test('names a file that cannot be fetched', async () => {
  await expect(fetchShard('http://127.0.0.1:1/', { ...shard, file: 'train-0-00.gz' })).rejects.toThrow(
    /train-0-00\.gz could not be fetched/,
  )
})
