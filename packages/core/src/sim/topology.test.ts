import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import { isConnected, type TopologyKind, topology } from './topology.ts'

const graphOf = (kind: TopologyKind, peers: number, seed = 1): readonly ReadonlySet<number>[] => {
  const graph = topology(kind, peers, seededRandom(seed))
  if (graph === undefined) throw new Error('no restriction')
  return graph
}

test('links are mutual, and nobody links to itself', () => {
  const kinds = fc.constantFrom<TopologyKind>(
    { type: 'ring' },
    { type: 'regular', degree: 4 },
    { type: 'preferential', links: 3 },
  )
  fc.assert(
    fc.property(kinds, fc.integer({ min: 6, max: 40 }), fc.nat(), (kind, peers, seed) => {
      const graph = graphOf(kind, peers, seed)
      expect(graph).toHaveLength(peers)
      expect(isConnected(graph)).toBe(true)
      graph.forEach((others, peer) => {
        expect(others.has(peer)).toBe(false)
        for (const other of others) expect(graph[other]?.has(peer)).toBe(true)
      })
      expect(graphOf(kind, peers, seed)).toEqual(graph)
    }),
  )
})

test('a regular graph gives everyone its degree, and another seed another graph', () => {
  for (const [peers, degree] of [
    [16, 6],
    [9, 4],
    [10, 3],
    [2, 1],
  ] as const)
    for (const others of graphOf({ type: 'regular', degree }, peers)) expect(others.size).toBe(degree)
  expect(graphOf({ type: 'regular', degree: 6 }, 16, 2)).not.toEqual(
    graphOf({ type: 'regular', degree: 6 }, 16),
  )
  expect(() => graphOf({ type: 'regular', degree: 3 }, 9)).toThrow(/9 peers cannot have 3 neighbours/)
})

test('a ring has two neighbours each; preferential links make hubs', () => {
  expect(graphOf({ type: 'ring' }, 5).map((others) => [...others].sort())).toEqual([
    [1, 4],
    [0, 2],
    [1, 3],
    [2, 4],
    [0, 3],
  ])
  const degrees = graphOf({ type: 'preferential', links: 2 }, 200).map(({ size }) => size)
  expect(Math.min(...degrees)).toBe(2)
  expect(Math.max(...degrees)).toBeGreaterThan(12)
})

test('overlay and full restrict nobody; alone everybody', () => {
  expect(topology({ type: 'overlay' }, 4, seededRandom(1))).toBeUndefined()
  expect(topology({ type: 'full' }, 4, seededRandom(1))).toBeUndefined()
  expect(graphOf({ type: 'alone' }, 3).map(({ size }) => size)).toEqual([0, 0, 0])
})
