import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concatBytes, equalBytes } from '../lib/bytes.ts'
import {
  cancelFrame,
  chunksOf,
  frameBytes,
  framesOf,
  headerBytes,
  parseFrame,
  payloadBytes,
} from './frame.ts'

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')

test('golden frames', () => {
  const [frame = new Uint8Array()] = framesOf(Uint8Array.of(7, 8, 9), 0x01020304)
  expect(hex(frame)).toBe('01 01 03 00 04 03 02 01 00 00 00 00 03 00 00 00 07 08 09')
  expect(hex(cancelFrame(5))).toBe('01 02 00 00 05 00 00 00 00 00 00 00 00 00 00 00')
  const second = [...framesOf(new Uint8Array(payloadBytes + 1), 1)][1] ?? new Uint8Array()
  expect(hex(second)).toBe('01 01 01 00 01 00 00 00 01 00 00 00 01 40 00 00 00')
})

test('frames say where they belong, and their payloads are the message', () => {
  const length = fc.oneof(
    fc.nat(3 * payloadBytes),
    fc.nat(3).map((chunks) => chunks * payloadBytes),
  )
  fc.assert(
    fc.property(length, fc.nat(0xffffffff), (totalBytes, transferId) => {
      const message = Uint8Array.from({ length: totalBytes }, (_, i) => (i * 31) ^ (i >> 8))
      const frames = [...framesOf(message, transferId)]
      expect(frames.length).toBe(chunksOf(totalBytes))
      const payloads = frames.map((bytes, chunk) => {
        const parsed = parseFrame(bytes)
        if (!parsed.ok || parsed.frame.type !== 'data') return expect.fail('not a data frame')
        expect(parsed.frame).toMatchObject({ transferId, chunk, totalBytes })
        expect(bytes.length).toBeLessThanOrEqual(frameBytes)
        return parsed.frame.payload
      })
      expect(equalBytes(concatBytes(...payloads), message)).toBe(true)
    }),
    { numRuns: 40 },
  )
})

test('a frame that lies in a larger buffer is read', () => {
  const [frame = new Uint8Array()] = framesOf(Uint8Array.of(1, 2), 9)
  const buffer = new Uint8Array(64).fill(255)
  buffer.set(frame, 13)
  const parsed = parseFrame(buffer.subarray(13, 13 + frame.length))
  expect(parsed.ok && parsed.frame).toMatchObject({ type: 'data', payload: Uint8Array.of(1, 2) })
})

test('a header that contradicts itself is malformed', () => {
  const [good = new Uint8Array()] = framesOf(Uint8Array.of(1, 2, 3), 9)
  expect(parseFrame(good).ok).toBe(true)
  const malformed = { ok: false, reason: 'malformed' }
  const spoilt: [at: number, byte: number][] = [
    [0, 2],
    [1, 0],
    [1, 2],
    [1, 3],
    [2, 4],
    [8, 1],
    [12, 2],
    [12, 4],
    [15, 1],
  ]
  for (const [at, byte] of spoilt) expect(parseFrame(good.with(at, byte))).toEqual(malformed)
  for (let length = 0; length < good.length; length++)
    expect(parseFrame(good.subarray(0, length))).toEqual(malformed)
  expect(parseFrame(new Uint8Array(frameBytes + 1))).toEqual(malformed)
  expect(parseFrame(cancelFrame(1).with(headerBytes - 1, 1))).toEqual(malformed)
})
