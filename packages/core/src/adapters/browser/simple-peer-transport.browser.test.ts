import { expect } from 'vitest'
import { transportSuite } from '../../testing/transport-suite.ts'
import { broadcastDiscovery } from './broadcast-discovery.ts'
import { simplePeerTransport } from './simple-peer-transport.ts'

let rooms = 0

transportSuite('simple-peer over a broadcast channel', async (count) => {
  const topic = `transport-test-${performance.timeOrigin}-${rooms++}`
  const discoveries = Array.from({ length: count }, (_, i) =>
    broadcastDiscovery({ self: `${i}`.repeat(64), topic }),
  )
  const transports = discoveries.map((discovery) => simplePeerTransport({ discovery, dialTimeoutMs: 2_000 }))
  return {
    transports,
    stranger: 'f'.repeat(64),
    until: (condition) => expect.poll(condition, { interval: 5, timeout: 20_000 }).toBe(true),
    close() {
      for (const transport of transports) transport.close()
      for (const discovery of discoveries) discovery.close()
    },
  }
})
