import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normal, seededRandom } from '../lib/random.ts'
import { distance } from '../params/vector.ts'
import { linkCodecs } from './codecs.ts'
import { fragments, gather, rangeOf, scatterAdd } from './fragments.ts'

const cuts = ['block', 'interleaved'] as const
const vectorOf = (size: number, seed: number): Float32Array => {
  const random = seededRandom(seed)
  return Float32Array.from({ length: size }, () => normal(random))
}

test('fragments are disjoint, cover every value, and differ by at most one value in size', () => {
  fc.assert(
    fc.property(
      fc.nat(400),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(...cuts),
      (size, pieces, cut) => {
        const covered = new Float32Array(size)
        const counts = Array.from({ length: pieces }, (_, index) => {
          const range = rangeOf(size, pieces, cut, index)
          scatterAdd(covered, range, new Float32Array(range.count).fill(1))
          return range.count
        })
        expect(covered.every((times) => times === 1)).toBe(true)
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(size)
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      },
    ),
  )
})

test.each(cuts)('%s: after as many exchanges as there are pieces the whole vector has arrived', (cut) => {
  const random = seededRandom(1)
  const vector = vectorOf(1_000, 1)
  const codec = fragments(linkCodecs.int8, 7, cut)
  const [here, there] = [codec.open(1_000), codec.open(1_000)]
  const arrived = new Float32Array(1_000)
  const whole = linkCodecs.int8.mostBytes(1_000)
  for (let exchange = 0; exchange < 7; exchange++) {
    expect(here.next).toBe(exchange)
    const { bytes, reference } = here.encode(vector, random)
    expect(bytes.length).toBeLessThanOrEqual(codec.mostBytes(1_000))
    expect(bytes.length).toBeLessThan(whole / 6)
    const decoded = there.decode(bytes)
    if (!decoded.ok) return expect.fail(decoded.reason)
    expect(decoded.index).toBe(exchange)
    expect(reference).toEqual(gather(vector, decoded.range))
    scatterAdd(arrived, decoded.range, decoded.values)
    expect(there.encode(vector, random, decoded.index).index).toBe(exchange)
  }
  expect(here.next).toBe(0)
  expect(distance(arrived, vector)).toBeLessThan(0.3)
})

test('every piece keeps its own reference', () => {
  const random = seededRandom(2)
  const vector = vectorOf(100, 3)
  const codec = fragments(linkCodecs.sign, 4, 'interleaved')
  const [here, there] = [codec.open(100), codec.open(100)]
  const lengths: number[] = []
  for (let exchange = 0; exchange < 12; exchange++) {
    vector.forEach((x, i) => {
      vector[i] = x + 0.01 * normal(random)
    })
    const { bytes, reference, index } = here.encode(vector, random)
    lengths.push(bytes.length)
    // The second frame of piece 2 gets lost: only that piece suffers.
    if (exchange === 6) continue
    const decoded = there.decode(bytes)
    if (exchange === 10) expect(decoded).toEqual({ ok: false, reason: 'no-reference' })
    else expect(decoded).toMatchObject({ ok: true, index, values: reference })
  }
  expect(lengths).toEqual([...Array(4).fill(1 + 5 + 2 + 25), ...Array(8).fill(1 + 5 + 2 + 4)])
})

test('bytes of strangers never throw', () => {
  const there = fragments(linkCodecs.ternary, 3, 'block').open(50)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const decoded = there.decode(bytes)
      if (decoded.ok) expect(decoded.values.every(Number.isFinite)).toBe(true)
      else expect(['size', 'malformed', 'not-finite', 'no-reference']).toContain(decoded.reason)
    }),
    { numRuns: 2_000 },
  )
  expect(there.decode(new Uint8Array(0))).toEqual({ ok: false, reason: 'size' })
  expect(there.decode(Uint8Array.of(3, 0))).toEqual({ ok: false, reason: 'malformed' })
})

test('a number of pieces out of range is named', () => {
  expect(() => fragments(linkCodecs.int8, 0, 'block')).toThrow('pieces is 0, allowed are 1 to 256')
  expect(() =>
    fragments(linkCodecs.int8, 2, 'block').open(9).encode(new Float32Array(9), seededRandom(1), 2),
  ).toThrow('there is no piece 2 of 2')
})
