import fc from 'fast-check'
import { expect, test } from 'vitest'
import { equalBytes } from '../lib/bytes.ts'
import { integer, seededRandom } from '../lib/random.ts'
import type { Lane } from '../ports.ts'
import { cancelFrame, framesOf, headerBytes, payloadBytes } from './frame.ts'
import { createReassembler, type Reassembled } from './reassemble.ts'

const caps = { control: 2 * payloadBytes, bulk: 5 * payloadBytes }
const messageOf = (length: number, salt: number) =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + salt) ^ (i >> 8))
const dropped = (reason: string, violation: boolean, incomplete = 0) => ({
  type: 'dropped',
  reason,
  violation,
  incomplete,
})

test('messages of two lanes arrive whole and in order, however their frames are interleaved', () => {
  const lengths = (max: number) => fc.array(fc.oneof(fc.nat(max), fc.nat(3)), { maxLength: 4 })
  fc.assert(
    fc.property(
      lengths(caps.control),
      lengths(caps.bulk),
      fc.infiniteStream(fc.boolean()),
      (control, bulk, coin) => {
        const sent = {
          control: control.map((length, i) => messageOf(length, i)),
          bulk: bulk.map((length, i) => messageOf(length, 100 + i)),
        }
        const queues = {
          control: sent.control.flatMap((message, i) => [...framesOf(message, i)]),
          bulk: sent.bulk.flatMap((message, i) => [...framesOf(message, i)]),
        }
        const reassembler = createReassembler(caps)
        const received: Record<Lane, Uint8Array[]> = { control: [], bulk: [] }
        while (queues.control.length + queues.bulk.length > 0) {
          const lane = coin.next().value ? 'control' : 'bulk'
          const frame = queues[lane].shift()
          if (frame === undefined) continue
          const result = reassembler.accept(lane, frame)
          if (result.type === 'dropped') expect.fail(result.reason)
          if (result.type === 'message') received[lane].push(result.bytes)
          expect(reassembler.heldBytes).toBeLessThanOrEqual(caps.control + caps.bulk)
        }
        for (const lane of ['control', 'bulk'] as const) {
          expect(received[lane].length).toBe(sent[lane].length)
          for (const [i, message] of sent[lane].entries())
            expect(equalBytes(received[lane][i] ?? new Uint8Array(1), message)).toBe(true)
        }
        expect(reassembler.heldBytes).toBe(0)
      },
    ),
    { numRuns: 40 },
  )
})

const three = [...framesOf(messageOf(2 * payloadBytes + 5, 1), 1)]
const [first = new Uint8Array(), second = new Uint8Array(), third = new Uint8Array()] = three
const [other = new Uint8Array()] = framesOf(Uint8Array.of(1), 2)

test('room is made for exactly the message, when its first chunk is there', () => {
  const reassembler = createReassembler(caps)
  expect(reassembler.accept('bulk', second)).toEqual(dropped('stray', false))
  expect(reassembler.heldBytes).toBe(0)
  expect(reassembler.accept('bulk', first)).toEqual({ type: 'partial', incomplete: 0 })
  expect(reassembler.heldBytes).toBe(2 * payloadBytes + 5)
})

test('a lost frame ends its transfer, and the next message arrives', () => {
  const reassembler = createReassembler(caps)
  reassembler.accept('bulk', first)
  expect(reassembler.accept('bulk', third)).toEqual(dropped('gap', false, 1))
  expect(reassembler.heldBytes).toBe(0)
  expect(reassembler.accept('bulk', other)).toEqual({
    type: 'message',
    bytes: Uint8Array.of(1),
    incomplete: 0,
  })
})

test('a new transfer replaces an unfinished one', () => {
  const reassembler = createReassembler(caps)
  reassembler.accept('bulk', first)
  expect(reassembler.accept('bulk', other)).toMatchObject({ type: 'message', incomplete: 1 })
  expect(reassembler.accept('bulk', second)).toEqual(dropped('stray', false))
})

test('a duplicate is refused and spoils nothing', () => {
  const reassembler = createReassembler(caps)
  reassembler.accept('bulk', first)
  expect(reassembler.accept('bulk', first)).toEqual(dropped('duplicate', true))
  expect(reassembler.accept('bulk', second)).toEqual({ type: 'partial', incomplete: 0 })
  expect(reassembler.accept('bulk', third)).toMatchObject({ type: 'message' })
})

test('the sender may cancel', () => {
  const reassembler = createReassembler(caps)
  reassembler.accept('bulk', first)
  expect(reassembler.accept('bulk', cancelFrame(3))).toEqual(dropped('stray', false))
  expect(reassembler.accept('control', cancelFrame(1))).toEqual(dropped('stray', false))
  expect(reassembler.heldBytes).toBeGreaterThan(0)
  expect(reassembler.accept('bulk', cancelFrame(1))).toEqual(dropped('cancelled', false, 1))
  expect(reassembler.heldBytes).toBe(0)
})

test('a message above its lane\u2019s cap is never held', () => {
  const reassembler = createReassembler(caps)
  expect(reassembler.accept('control', first)).toEqual(dropped('oversized', true))
  const [exact = new Uint8Array()] = framesOf(new Uint8Array(caps.control), 4)
  expect(reassembler.accept('control', exact)).toEqual({ type: 'partial', incomplete: 0 })
  expect(reassembler.heldBytes).toBe(caps.control)
})

test('a transfer that changes its length is malformed', () => {
  const reassembler = createReassembler(caps)
  reassembler.accept('bulk', first)
  const [, changed = new Uint8Array()] = framesOf(new Uint8Array(3 * payloadBytes), 1)
  expect(reassembler.accept('bulk', changed)).toEqual(dropped('malformed', true, 1))
})

test('100,000 random and mutated frames: nothing throws, nothing is held past the caps', () => {
  const random = seededRandom(1)
  const pick = (below: number) => integer(random, below)
  const reassembler = createReassembler(caps)
  const counts = new Map<string, number>()
  const count = (result: Reassembled) => {
    const key = result.type === 'dropped' ? result.reason : result.type
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const lengths = [
    0,
    1,
    payloadBytes,
    payloadBytes + 1,
    2 * payloadBytes,
    4 * payloadBytes + 9,
    6 * payloadBytes,
  ]
  const honest = lengths.flatMap((length, id) => [...framesOf(messageOf(length, id), id), cancelFrame(id)])
  for (let i = 0; i < 100_000; i++) {
    let frame = honest[i % 3 === 0 ? pick(honest.length) : i % honest.length] ?? new Uint8Array()
    if (i % 5 === 1) {
      frame = Uint8Array.from(frame)
      for (let flips = 1 + pick(3); flips > 0; flips--) frame[pick(headerBytes)] = pick(256)
    } else if (i % 7 === 1) frame = frame.subarray(0, pick(frame.length + 1))
    else if (i % 11 === 1) frame = Uint8Array.from({ length: pick(64) }, () => pick(256))
    const lane = i % 13 < 7 ? 'bulk' : 'control'
    const result = reassembler.accept(lane, frame)
    count(result)
    if (reassembler.heldBytes > caps.control + caps.bulk) expect.fail(`held ${reassembler.heldBytes}`)
    if (result.type === 'message' && result.bytes.length > caps[lane]) expect.fail('above its cap')
  }
  const kinds = ['message', 'partial', 'malformed', 'oversized', 'duplicate', 'gap', 'stray', 'cancelled']
  for (const kind of kinds) expect([kind, counts.get(kind) ?? 0]).not.toEqual([kind, 0])
})
