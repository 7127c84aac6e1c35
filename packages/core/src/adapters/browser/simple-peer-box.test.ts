import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Box, decodeBox, encodeBox } from './simple-peer-box.ts'

const attempt = '0123456789abcdef'
const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 }
const boxes: Box[] = [
  { type: 'knock', attempt },
  { type: 'offer', attempt, sdp: 'v=0\r\n' },
  { type: 'answer', attempt, sdp: 'v=0\r\n' },
  {
    type: 'candidates',
    attempt,
    candidates: [candidate, { ...candidate, sdpMid: null, sdpMLineIndex: null }],
  },
  { type: 'restart', attempt },
  { type: 'refuse', attempt, reason: 'full' },
]

test('boxes come back as they were', () => {
  for (const box of boxes) expect(decodeBox(encodeBox(box))).toEqual(box)
})

test('what simple-peer must not see is refused', () => {
  const offer = { type: 'offer', attempt, sdp: 'v=0\r\n' }
  const candidates = { type: 'candidates', attempt, candidates: [candidate] }
  for (const bad of [
    { ...offer, attempt: 'x' },
    { ...offer, sdp: '' },
    { ...offer, sdp: 5 },
    { ...offer, sdp: `v=0${'x'.repeat(8_000)}` },
    { ...candidates, candidates: [] },
    { ...candidates, candidates: new Array(17).fill(candidate) },
    { ...candidates, candidates: [{ ...candidate, candidate: 'x'.repeat(513) }] },
    { ...candidates, candidates: [{ ...candidate, sdpMLineIndex: 1e9 }] },
    { type: 'transceiverRequest', attempt, transceiverRequest: { kind: 'video' } },
    { type: 'renegotiate', attempt, renegotiate: true },
    { type: 'refuse', attempt, reason: '<script>' },
    null,
    [],
  ])
    expect(decodeBox(JSON.stringify(bad)), JSON.stringify(bad).slice(0, 80)).toBeUndefined()
  expect(decodeBox('{')).toBeUndefined()
})

test('random and mutated texts never throw', () => {
  const field = fc.constantFrom('type', 'attempt', 'sdp', 'candidates', '__proto__')
  const mutated = fc
    .tuple(fc.constantFrom(...boxes), field, fc.jsonValue({ maxDepth: 3 }))
    .map(([box, key, value]) => JSON.stringify({ ...box, [key]: value }))
  fc.assert(
    fc.property(fc.oneof(mutated, fc.string(), fc.json()), (text) => {
      const box = decodeBox(text)
      if (box !== undefined) expect(boxes.map(({ type }) => type)).toContain(box.type)
    }),
    { numRuns: 5_000 },
  )
})
