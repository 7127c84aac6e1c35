import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanName, decode } from './decode.ts'
import { codecNumbers, encode } from './encode.ts'
import type { Message } from './message.ts'
import vectors from './vectors.json' with { type: 'json' }

const number = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const id = fc.nat({ max: 0xffffffff })
const mass = fc.float({ min: Math.fround(1e-30), max: Math.fround(1e30), noNaN: true })
const codecNames = Object.keys(codecNumbers) as (keyof typeof codecNumbers)[]
const weights = {
  subject: fc.constantFrom('own' as const, 'served' as const),
  codec: fc.constantFrom(...codecNames),
  steps: number,
  samples: number,
  payload: fc.uint8Array({ maxLength: 300 }),
}
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    type: fc.constant('hello' as const),
    version: number,
    taskId: fc.string({ maxLength: 16 }),
    fingerprint: fc.string({ maxLength: 4 }),
    name: fc.string({ maxLength: 64 }).map(cleanName),
    samples: number,
    steps: number,
  }),
  fc.record({
    type: fc.constantFrom('ping' as const, 'pong' as const),
    stamp: fc.nat({ max: 1e9 }).map((hundredths) => hundredths / 100),
    steps: number,
  }),
  fc.record({ type: fc.constant('credit' as const), bytes: number }),
  fc.record({ type: fc.constant('announce' as const), id, bytes: number }),
  fc.record({ type: fc.constantFrom('want' as const, 'busy' as const, 'pull' as const), id }),
  fc.record({ type: fc.constantFrom('ask' as const, 'reply' as const, 'model' as const), id, ...weights }),
  fc.record({ type: fc.constant('push' as const), mass, ...weights }),
)

test('every message survives the wire', () => {
  fc.assert(
    fc.property(message, (original) => {
      expect(decode(encode(original))).toEqual({ ok: true, message: original })
    }),
    { numRuns: 2_000 },
  )
})

test.each(vectors)('golden vector: $name', ({ message: json, hex }) => {
  const { payload, ...rest } = json as Record<string, unknown>
  const original = (
    payload === undefined ? rest : { ...rest, payload: hexToBytes(String(payload)) }
  ) as Message
  expect(bytesToHex(encode(original))).toBe(hex)
  expect(decode(hexToBytes(hex))).toEqual({ ok: true, message: original })
})

test('100,000 random and mutated messages decode or are refused, never throw', () => {
  const mutated = fc.tuple(
    message,
    fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }),
    fc.nat(400),
  )
  let refused = 0
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 400 }),
        mutated.map(([original, changes, cut]) => {
          const bytes = encode(original)
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
          return bytes.slice(0, Math.max(1, bytes.length - (cut % 5)))
        }),
      ),
      (bytes) => {
        const decoded = decode(bytes)
        if (!decoded.ok) refused++
        else if ('payload' in decoded.message)
          expect(decoded.message.payload.length).toBeLessThanOrEqual(bytes.length)
      },
    ),
    { numRuns: 100_000 },
  )
  expect(refused).toBeGreaterThan(10_000)
})

test.each([
  ['zero', '00000000'],
  ['negative', '000080bf'],
  ['infinite', '0000807f'],
  ['not a number', '0000c07f'],
])('a mass that is %s is malformed', (_, hex) => {
  expect(decode(hexToBytes(`0c${hex}00000000`))).toEqual({ ok: false, reason: 'malformed' })
})

test('names lose what could deceive', () => {
  expect(cleanName('a\u202Eb\u0000c\n')).toBe('abc')
  expect(cleanName('<b>x</b>')).toBe('<b>x</b>')
  expect([...cleanName('😀'.repeat(100))]).toHaveLength(64)
})
