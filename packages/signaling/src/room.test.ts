import fc from 'fast-check'
import { expect, test } from 'vitest'
import { depart, emptyRoom, enter, introduce, reach, sizeOf } from './room.ts'

const roomOf = (size: number) => {
  const room = emptyRoom()
  for (let i = 0; i < size; i++) enter(room, `p${i}`)
  return room
}

test('seats are the lowest free ones, and free again after a departure', () => {
  const room = emptyRoom()
  expect(['a', 'b', 'c'].map((peer) => enter(room, peer))).toEqual([0, 1, 2])
  depart(room, 'b')
  expect(enter(room, 'd')).toBe(1)
  expect(enter(room, 'e')).toBe(3)
  expect(enter(room, 'a')).toBe(0)
})

test('a wished seat is given if it is free', () => {
  const room = emptyRoom()
  expect(enter(room, 'a', 2)).toBe(2)
  expect(enter(room, 'b', 2)).toBe(0)
  expect(enter(room, 'c')).toBe(1)
  expect(enter(room, 'd')).toBe(3)
})

test('a newcomer meets everybody in a small room, and 4 random and the 2 newest in a large one', () => {
  const small = roomOf(4)
  expect([...introduce(small, 'p3', 6, Math.random)].sort()).toEqual(['p0', 'p1', 'p2'])
  const large = roomOf(1000)
  const seen = new Set<string>()
  for (let i = 0; i < 50; i++) {
    const sample = introduce(large, 'p500', 6, Math.random)
    expect(sample).toHaveLength(6)
    expect(new Set(sample).size).toBe(6)
    expect(sample).not.toContain('p500')
    expect(sample.slice(0, 2)).toEqual(['p998', 'p999'])
    for (const peer of sample) seen.add(peer)
  }
  expect(seen.size).toBeGreaterThan(100)
})

test('the wish bounds the answer', () => {
  expect(introduce(roomOf(50), 'p0', 2, Math.random)).toHaveLength(2)
  expect(introduce(roomOf(50), 'p0', 16, Math.random)).toHaveLength(6)
  expect(introduce(roomOf(50), 'p0', 0, Math.random)).toHaveLength(0)
  expect(introduce(roomOf(1), 'p0', 6, Math.random)).toHaveLength(0)
})

test('in a large room only those that were told of a peer learn that it is gone', () => {
  const room = roomOf(100)
  const met = introduce(room, 'p7', 6, Math.random)
  const friend = met[0] ?? ''
  expect(reach(room, 'p50', 'p60')).toBe(true)
  expect(depart(room, friend)).toEqual(['p7'])
  expect(depart(room, 'p50')).toEqual(['p60'])
  expect(reach(room, 'p60', 'p50')).toBe(false)
  expect(depart(room, 'p50')).toEqual([])
})

test('in a small room everybody learns of a departure', () => {
  expect([...depart(roomOf(5), 'p2')].sort()).toEqual(['p0', 'p1', 'p3', 'p4'])
})

test('however peers come and go, seats are unique, samples are members, and nothing of the gone remains', () => {
  const action = fc.record({
    peer: fc.integer({ min: 0, max: 40 }),
    come: fc.boolean(),
    draw: fc.double({ min: 0, max: 0.999, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const room = emptyRoom()
      const inside = new Map<string, number>()
      for (const { peer: index, come, draw } of actions) {
        const peer = `p${index}`
        if (come) {
          inside.set(peer, enter(room, peer))
          for (const other of introduce(room, peer, 6, () => draw)) {
            expect(other).not.toBe(peer)
            expect(inside.has(other)).toBe(true)
          }
        } else {
          inside.delete(peer)
          for (const other of depart(room, peer)) expect(inside.has(other)).toBe(true)
        }
        expect(new Set(inside.values()).size).toBe(inside.size)
        expect(Math.max(-1, ...inside.values())).toBeLessThan(41)
        expect(sizeOf(room)).toBe(inside.size)
        expect([...room.order].sort()).toEqual([...inside.keys()].sort())
        expect(room.members.size).toBe(inside.size)
        expect(room.recent.every((member) => inside.has(member))).toBe(true)
      }
    }),
  )
})
