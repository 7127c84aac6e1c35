import { expect, test } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import type { TransportEvent } from '../ports.ts'
import { transportSuite } from '../testing/transport-suite.ts'
import { pairLatency } from './latency.ts'
import { Network } from './network.ts'
import { World } from './world.ts'

const longestMs = 60_000

transportSuite('simulated network', async (count) => {
  const world = new World()
  const network = new Network(world, seededRandom(1), {
    latencyMs: pairLatency(50, seededRandom(2)),
    lossShare: 0,
  })
  return {
    transports: Array.from({ length: count }, (_, i) =>
      network.join(`peer-${i}`, { upBytesPerSecond: 625_000 }),
    ),
    stranger: 'stranger',
    async until(condition) {
      for (const endMs = world.now() + longestMs; !condition(); world.run(world.now() + 1))
        if (world.now() >= endMs) throw new Error(`It did not come about within ${longestMs} virtual ms.`)
    },
    close: () => undefined,
  }
})

test('peers find and reach only those whom the topology links', () => {
  const world = new World()
  const network = new Network(world, seededRandom(1), {
    latencyMs: () => 10,
    lossShare: 0,
    mayLink: (a, b) => Math.abs(Number(a) - Number(b)) === 1,
  })
  const line = { upBytesPerSecond: Number.POSITIVE_INFINITY }
  const [first, , third] = ['0', '1', '2'].map((id) => network.join(id, line))
  const heard: TransportEvent[] = []
  first?.listen((event) => heard.push(event))
  first?.find(8)
  first?.connect('1')
  first?.connect('2')
  world.run(1_000)
  expect(heard).toContainEqual({ type: 'found', peers: ['1'] })
  expect(heard).toContainEqual({ type: 'up', peer: '1' })
  expect(heard).toContainEqual({ type: 'down', peer: '2', reason: 'unreachable' })
  third?.connect('0')
  world.run(2_000)
  expect(heard.some((event) => event.type === 'up' && event.peer === '2')).toBe(false)
})

test('a frame takes as long as its bytes on the uplink and the way', () => {
  const world = new World()
  const network = new Network(world, seededRandom(1), { latencyMs: () => 40, lossShare: 0 })
  const [a, b] = ['a', 'b'].map((id) => network.join(id, { upBytesPerSecond: 10_000 }))
  const arrivals: [string, number][] = []
  b?.listen((event) => {
    if (event.type === 'frame') arrivals.push([event.lane, world.now()])
  })
  a?.connect('b')
  world.run(1_000)
  a?.send('b', 'bulk', new Uint8Array(1_000))
  a?.send('b', 'bulk', new Uint8Array(500))
  a?.send('b', 'control', new Uint8Array(10))
  world.run(2_000)
  expect(arrivals).toEqual([
    ['control', 1_041],
    ['bulk', 1_140],
    ['bulk', 1_190],
  ])
})
