import { expect, test, vi } from 'vitest'
import type { Clock, TransportEvent } from '../../ports.ts'
import { memoryNetwork } from '../../testing/memory-transport.ts'
import { transportSuite } from '../../testing/transport-suite.ts'
import { portTransport } from './port-transport.ts'
import { serveTransport } from './serve-transport.ts'

/** Real time, hurried: the ports of a MessageChannel answer in tasks of their own. */
const clock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, Math.min(ms, 5))
    return () => clearTimeout(timer)
  },
}

transportSuite('across a MessagePort', async (count) => {
  const network = memoryNetwork(clock)
  const channels = Array.from({ length: count }, () => new MessageChannel())
  const transports = channels.map(({ port1, port2 }, i) => {
    const transport = network.join(`peer-${i}`)
    serveTransport(transport, port1)
    return portTransport(port2, transport.self, transport.maxFrameBytes)
  })
  return {
    transports,
    stranger: 'stranger',
    until: (condition) => vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000, interval: 1 }),
    close: () => {
      for (const { port1, port2 } of channels) {
        port1.close()
        port2.close()
      }
    },
  }
})

test('what happens before anyone listens is heard afterwards', async () => {
  const network = memoryNetwork(clock)
  const { port1, port2 } = new MessageChannel()
  serveTransport(network.join('early'), port1)
  const transport = portTransport(port2, 'early', 16_400)
  const other = network.join('other')
  const isUp = new Promise<void>((resolve) => {
    other.listen((event) => {
      if (event.type === 'up') resolve()
    })
  })
  other.connect('early')
  await isUp
  other.send('early', 'control', Uint8Array.of(7))
  await new Promise((resolve) => setTimeout(resolve, 20))
  const events: TransportEvent[] = []
  transport.listen((event) => events.push(event))
  await vi.waitFor(() => expect(events.map(({ type }) => type)).toEqual(['up', 'frame']))
  port1.close()
  port2.close()
})

test('what a busy worker does not take in is bounded, and the flooder is named', async () => {
  const network = memoryNetwork(clock)
  const receiver = network.join('receiver')
  const flooder = network.join('flooder')
  const posted: unknown[] = []
  const port = {
    onmessage: null,
    postMessage: (message: unknown) => posted.push(message),
  } as unknown as MessagePort
  serveTransport(receiver, port)
  const isUp = new Promise<void>((resolve) => {
    flooder.listen((event: TransportEvent) => {
      if (event.type === 'up') resolve()
    })
  })
  flooder.connect('receiver')
  await isUp
  for (let i = 0; i < 500; i++) flooder.send('receiver', 'bulk', new Uint8Array(16_384))
  await vi.waitFor(() => expect(posted).toContainEqual({ type: 'flooded', peer: 'flooder' }))
  const frames = posted.filter((message) => (message as TransportEvent).type === 'frame')
  expect(frames.length).toBeLessThanOrEqual((2 * 1024 * 1024) / 16_384)
  expect(frames.length).toBeGreaterThan(64)
})
