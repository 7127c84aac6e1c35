import { expect, test } from 'vitest'
import { clockSuite } from '../testing/clock-suite.ts'
import { World } from './world.ts'

clockSuite('virtual', () => {
  const clock = new World()
  return {
    clock,
    until: async (condition) => {
      for (let ms = clock.now(); !condition(); ms += 1) {
        if (ms > 60_000) throw new Error('Nothing of the kind happened within a virtual minute.')
        clock.run(ms)
      }
    },
  }
})

test('runs what is due up to a moment, and then it is that moment', () => {
  const world = new World()
  const ran: number[] = []
  world.after(10, () => {
    ran.push(world.now())
    world.after(10, () => ran.push(world.now()))
  })
  world.run(15)
  expect(ran).toEqual([10])
  expect(world.now()).toBe(15)
  world.run(20)
  expect(ran).toEqual([10, 20])
  expect(world.events).toBe(2)
})
