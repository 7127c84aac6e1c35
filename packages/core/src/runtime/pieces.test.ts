import { expect, test } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import type { Layout } from '../ports.ts'
import { completeOptions } from '../strategy/options.ts'
import { strategies, strategyNames } from '../strategy/strategies.ts'
import type { Weights } from '../wire/message.ts'
import { createLinks } from './links.ts'
import { createMixer } from './mixer.ts'
import { piecesOf } from './pieces.ts'
import { travelOf } from './travel.ts'

const layout: Layout = {
  tensors: [
    { name: 'a', shape: [3, 2], dtype: 'float32' },
    { name: 'b', shape: [2], dtype: 'float32' },
    { name: 'c', shape: [5], dtype: 'float32' },
  ],
  size: 13,
  fingerprint: '0',
}
const count = (from: number): Float32Array => Float32Array.from({ length: 13 }, (_, i) => from + i)

test('pieces take every value that travels once, and leave the others', () => {
  const pieces = piecesOf(travelOf(layout, ['b']), 3)
  let whole = count(0)
  for (let piece = 0; piece < 3; piece++)
    whole = new Float32Array(pieces.place(pieces.pick(count(100), piece), piece, whole))
  expect([...whole]).toEqual([100, 101, 102, 103, 104, 105, 6, 7, 108, 109, 110, 111, 112])
  expect([...pieces.overlay(count(0), count(100))].slice(5, 9)).toEqual([5, 106, 107, 8])
})

test('links send one piece after the other, answer with the piece that came, and refuse what is no piece', () => {
  const links = createLinks('float32', 13, 4, seededRandom(1))
  const indices = Array.from({ length: 8 }, () => links.encode('x', 'own', count(0)).piece ?? -1)
  expect([...indices].sort()).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
  expect(new Set(indices.slice(0, 4)).size).toBe(4)
  expect(links.encode('x', 'own', count(0), 2).piece).toBe(2)
  const { bytes } = links.encode('x', 'own', count(0), 1)
  const weights: Weights = { subject: 'own', codec: 'float32', steps: 1, samples: 1, payload: bytes }
  expect(links.decode('x', weights)).toMatchObject({ ok: true, piece: 1, values: Float32Array.of(1, 5, 9) })
  expect(links.decode('x', { ...weights, codec: 'int8' })).toEqual({ ok: false, reason: 'wrong-codec' })
  expect(links.decode('x', { ...weights, payload: bytes.with(0, 4) })).toMatchObject({ ok: false })
  const served = links.encode('x', 'served', count(0))
  expect(served).toMatchObject({ piece: undefined, reference: count(0) })
  expect(served.bytes.length).toBe(26)
})

test.each(strategyNames)('%s: a piece moves only what it holds, and each is judged by itself', (name) => {
  const options = completeOptions(strategies[name].options, {})
  if (!options.ok) return expect.fail(options.reason)
  const strategy = strategies[name].create(options.values)
  const pieces = piecesOf(travelOf(layout, ['b']), 2)
  const mixer = createMixer(strategy, pieces, undefined)
  const own = count(1)
  const occasion = { reference: own, self: { steps: 9, samples: 5 }, everySteps: 10 }
  let moves = 0
  for (let i = 0; i < 24; i++) {
    const piece = i % 2
    // Piece 1 is far away from the beginning: what is usual for piece 0 says nothing about it.
    const theirs = pieces.place(pieces.pick(count(1 + 0.01 + 0.5 * piece), piece), piece, own)
    const sender = { steps: 9, samples: 5 }
    const received = { ...occasion, from: `peer ${i % 3}`, theirs, sender, mass: 1 }
    const proposals = [mixer.receive(received, piece)]
    mixer.send(1, piece)
    proposals.push(mixer.gather(occasion, ['peer 0', 'peer 1', 'peer 2'], piece))
    for (const proposal of proposals) {
      expect(proposal.type).not.toBe('refused')
      if (proposal.type !== 'move') continue
      moves++
      const displacement = mixer.accept(occasion, proposal, piece)
      expect(displacement.length).toBe(13)
      expect(pieces.pick(displacement, 1 - piece).every((x) => x === 0)).toBe(true)
      expect(pieces.pick(displacement, piece).every((x) => x > 0)).toBe(true)
      expect([...displacement.slice(6, 8)]).toEqual([0, 0])
    }
  }
  expect(moves).toBeGreaterThan(3)
  const served = mixer.served() ?? expect.fail('nothing is served')
  expect(pieces.pick(served, 0).every((x, i) => x > (pieces.pick(own, 0)[i] ?? 0))).toBe(true)
  expect([...served.slice(6, 8)]).toEqual([7, 8])
  expect(own).toEqual(count(1))
  const distance = mixer.agree(own, own, 1)
  expect(distance).toBeGreaterThan(0)
  expect(mixer.served()).toEqual(own)
})
