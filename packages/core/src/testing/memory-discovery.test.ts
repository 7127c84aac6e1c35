import { expect } from 'vitest'
import { discoverySuite } from './discovery-suite.ts'
import { memoryRoom } from './memory-discovery.ts'

discoverySuite('memory', async () => {
  const room = memoryRoom()
  let joined = 0
  return {
    join: async () => room.join(`peer-${joined++}`),
    until: (condition) => expect.poll(condition, { interval: 1 }).toBe(true),
    close: () => undefined,
  }
})
