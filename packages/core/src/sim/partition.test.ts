import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import { ownersOf, type PartitionKind, partition } from './partition.ts'

const balanced = (count: number, classes: number) => Uint8Array.from({ length: count }, (_, i) => i % classes)
const kinds: fc.Arbitrary<PartitionKind> = fc.oneof(
  fc.constant({ type: 'iid' } as const),
  fc.double({ min: 0, max: 1, noNaN: true }).map((share) => ({ type: 'skew', share }) as const),
  fc.double({ min: 0.001, max: 10, noNaN: true }).map((alpha) => ({ type: 'dirichlet', alpha }) as const),
  fc.integer({ min: 1, max: 5 }).map((perPeer) => ({ type: 'shards', perPeer }) as const),
  fc.double({ min: 0, max: 4, noNaN: true }).map((exponent) => ({ type: 'quantity', exponent }) as const),
)

/** shares[peer][label]: which part of a label's examples a peer holds. */
function sharesOf(kind: PartitionKind, classes: number, peers: number, perClass = 4000): number[][] {
  const labels = balanced(classes * perClass, classes)
  return partition(labels, classes, peers, kind, seededRandom(7)).map((rows) =>
    Array.from(
      { length: classes },
      (_, label) => rows.filter((row) => labels[row] === label).length / perClass,
    ),
  )
}

test('every example is dealt exactly once, the same for one seed', () => {
  const labels = fc.array(fc.nat(9)).map((list) => Uint8Array.from(list))
  fc.assert(
    fc.property(labels, fc.integer({ min: 1, max: 30 }), kinds, fc.nat(), (list, peers, kind, seed) => {
      const hands = partition(list, 10, peers, kind, seededRandom(seed))
      expect(hands.length).toBe(peers)
      const rows = hands.flatMap((hand) => [...hand]).sort((a, b) => a - b)
      expect(rows).toEqual(Array.from(list, (_, row) => row))
      for (const hand of hands) expect([...hand]).toEqual([...hand].sort((a, b) => a - b))
      expect(partition(list, 10, peers, kind, seededRandom(seed))).toEqual(hands)
    }),
  )
})

test('classes are cut as numpy.array_split cuts them', () => {
  const owners = (classes: number, peers: number) =>
    Array.from({ length: classes }, (_, label) => ownersOf(label, classes, peers))
  expect(owners(10, 3).flat()).toEqual([0, 0, 0, 0, 1, 1, 1, 2, 2, 2])
  expect(owners(10, 8).flat()).toEqual([0, 0, 1, 1, 2, 3, 4, 5, 6, 7])
  expect(owners(10, 10).flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(owners(3, 8)).toEqual([
    [0, 3, 6],
    [1, 4, 7],
    [2, 5],
  ])
})

test('skew gives the owner its share and everyone a part of the rest', () => {
  const shares = sharesOf({ type: 'skew', share: 0.9 }, 10, 5)
  for (const [peer, row] of shares.entries())
    for (const [label, share] of row.entries())
      expect(Math.abs(share - (0.1 / 5 + (ownersOf(label, 10, 5).includes(peer) ? 0.9 : 0)))).toBeLessThan(
        0.02,
      )
  const disjoint = sharesOf({ type: 'skew', share: 1 }, 10, 16)
  for (const [peer, row] of disjoint.entries())
    for (const [label, share] of row.entries()) expect(share > 0).toBe(peer % 10 === label)
})

test('iid deals all alike, and so does Dirichlet with a large alpha; a small one does not', () => {
  for (const kind of [{ type: 'iid' }, { type: 'dirichlet', alpha: 1e5 }] as const)
    for (const share of sharesOf(kind, 5, 4).flat()) expect(Math.abs(share - 0.25)).toBeLessThan(0.03)
  const concentrated = sharesOf({ type: 'dirichlet', alpha: 0.001 }, 10, 8)
  for (let label = 0; label < 10; label++)
    expect(Math.max(...concentrated.map((row) => row[label] ?? 0))).toBeGreaterThan(0.95)
})

test('Dirichlet proportions have the variance of their distribution', () => {
  const [peers, alpha, classes] = [4, 0.5, 200]
  const shares = sharesOf({ type: 'dirichlet', alpha }, classes, peers, 500).flat()
  const variance = shares.reduce((sum, share) => sum + (share - 1 / peers) ** 2, 0) / shares.length
  const expected = ((1 / peers) * (1 - 1 / peers)) / (peers * alpha + 1)
  expect(Math.abs(variance / expected - 1)).toBeLessThan(0.15)
})

test('shards give every peer as many examples of few classes', () => {
  const shares = sharesOf({ type: 'shards', perPeer: 2 }, 10, 20)
  for (const row of shares) {
    expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(0.5, 2)
    expect(row.filter((share) => share > 0).length).toBeLessThanOrEqual(2)
  }
})

test('quantity skew follows its power law, whatever the label', () => {
  const shares = sharesOf({ type: 'quantity', exponent: 1 }, 5, 4)
  const sum = 1 + 1 / 2 + 1 / 3 + 1 / 4
  for (const [peer, row] of shares.entries())
    for (const share of row) expect(Math.abs(share - 1 / (peer + 1) / sum)).toBeLessThan(0.03)
})
