import { startSignaling } from '@gossamer/signaling'
import { afterEach, expect, test } from 'vitest'
import { WebSocket as NodeSocket, WebSocketServer } from 'ws'
import { seededRandom } from '../../lib/random.ts'
import type { DiscoveryEvent } from '../../ports.ts'
import { discoverySuite } from '../../testing/discovery-suite.ts'
import { createIdentity } from './identity.ts'
import { type SignalingDiscovery, signalingDiscovery } from './signaling-client.ts'
import { retryDelayMs } from './signaling-client-backoff.ts'

type Signaling = Awaited<ReturnType<typeof startSignaling>>

const topic = 't'.repeat(64)
const until = (condition: () => boolean): Promise<void> =>
  expect.poll(condition, { interval: 5, timeout: 20_000 }).toBe(true)
// ws speaks the browser's WebSocket interface as far as the client uses it.
const openSocket = (url: string): WebSocket => new NodeSocket(url) as unknown as WebSocket
const clean: (() => unknown)[] = []

afterEach(async () => {
  for (const undo of clean.splice(0).reverse()) await undo()
})

async function serve(options: Parameters<typeof startSignaling>[0] = {}): Promise<Signaling> {
  const signaling = await startSignaling(options)
  clean.push(() => signaling.close())
  return signaling
}

async function enter(...urls: string[]): Promise<SignalingDiscovery & { readonly events: DiscoveryEvent[] }> {
  const discovery = signalingDiscovery({ urls, topic, identity: await createIdentity(), openSocket })
  const events: DiscoveryEvent[] = []
  discovery.listen((event) => events.push(event))
  clean.push(() => discovery.close())
  return Object.assign(discovery, { events })
}

discoverySuite('signaling', async () => {
  const generous = { burst: 1e4, perSecond: 1e4 }
  const signaling = await startSignaling({ limits: { messages: generous } })
  const joined: SignalingDiscovery[] = []
  return {
    async join() {
      const identity = await createIdentity()
      const discovery = signalingDiscovery({ urls: [signaling.url], topic, identity, openSocket })
      joined.push(discovery)
      return discovery
    },
    until,
    async close() {
      for (const discovery of joined) discovery.close()
      await signaling.close()
    },
  }
})

test('takes http addresses, and learns seat and ICE servers', async () => {
  const iceServers = [{ urls: 'stun:stun.example' }]
  const signaling = await serve({ iceServers })
  const [a, b] = [await enter(signaling.url), await enter(signaling.signalUrl)]
  expect(await a.seat).not.toBe(await b.seat)
  expect(a.iceServers()).toEqual(iceServers)
})

test('comes back by itself after the server was killed, to the same seat', async () => {
  const signaling = await serve()
  const a = await enter(signaling.url)
  await a.seat
  const b = await enter(signaling.url)
  expect(await b.seat).toBe(1)
  await signaling.close()
  await until(() => a.status() === 'retrying' && b.status() === 'retrying')
  a.need(1)
  a.relay(b.self, 'lost')
  await serve({ port: signaling.port })
  await until(() => a.status() === 'connected' && b.status() === 'connected')
  a.relay(b.self, 'found')
  await until(() => b.events.some((event) => event.type === 'box'))
  expect(b.events.flatMap((event) => (event.type === 'box' ? [event.box] : []))).toEqual(['found'])
  expect(a.events.flatMap((event) => (event.type === 'status' ? [event.status] : []))).toEqual([
    'connected',
    'retrying',
    'connected',
  ])
  const c = await enter(`http://localhost:${signaling.port}`)
  expect(await c.seat).toBe(2)
})

test('goes on to the next server where one does not answer', async () => {
  const signaling = await serve()
  const a = await enter('ws://localhost:1', signaling.url)
  expect(await a.seat).toBe(0)
})

test('starts before the server does', async () => {
  const early = await serve()
  await early.close()
  const a = await enter(early.url)
  await until(() => a.status() === 'retrying')
  await serve({ port: early.port })
  expect(await a.seat).toBe(0)
})

test('waits as long as the server asks when joins come too fast', async () => {
  const signaling = await serve({ limits: { joinsPerAddress: { burst: 1, perSecond: 5 } } })
  const [a, b, c] = [await enter(signaling.url), await enter(signaling.url), await enter(signaling.url)]
  expect((await Promise.all([a.seat, b.seat, c.seat])).sort()).toEqual([0, 1, 2])
})

test('a server that breaks the protocol is not believed', async () => {
  const server = new WebSocketServer({ port: 0 })
  clean.push(() => new Promise((resolve) => server.close(resolve)))
  const lies = [
    'nonsense',
    '{}',
    JSON.stringify({ type: 'peers', topic, sample: ['not-a-peer'], seat: 0 }),
    JSON.stringify({ type: 'peers', topic: 'another', sample: [], seat: 0 }),
    JSON.stringify({ type: 'peers', topic, sample: new Array(1000).fill('0'.repeat(64)) }),
    JSON.stringify({ type: 'signal', topic, from: '0'.repeat(64), box: 5 }),
    JSON.stringify({ type: 'signal', topic: 'another', from: '0'.repeat(64), box: 'x' }),
    JSON.stringify({ type: 'welcome', peer: 'x', resume: 'y', ice: 'z', pingMs: -1 }),
  ]
  server.on('connection', (socket) => {
    for (const lie of lies) socket.send(lie)
    socket.send(Buffer.from([1, 2, 3]))
    socket.send(JSON.stringify({ type: 'gone', topic, peer: '1'.repeat(64) }))
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const a = await enter(`ws://localhost:${port}`)
  await until(() => a.events.length > 0)
  expect(a.events).toEqual([{ type: 'gone', peer: '1'.repeat(64) }])
  expect(a.status()).toBe('retrying')
})

test('a server that falls silent is left and found again', async () => {
  const server = new WebSocketServer({ port: 0 })
  clean.push(() => {
    for (const socket of server.clients) socket.terminate()
    return new Promise((resolve) => server.close(resolve))
  })
  let visits = 0
  server.on('connection', () => {
    visits += 1
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  let nowMs = 0
  const due: { atMs: number; run: () => void }[] = []
  const clock = {
    now: () => nowMs,
    after(ms: number, run: () => void) {
      const entry = { atMs: nowMs + ms, run }
      due.push(entry)
      return () => void due.splice(due.indexOf(entry), due.includes(entry) ? 1 : 0)
    },
  }
  const identity = await createIdentity()
  const a = signalingDiscovery({ urls: [`ws://localhost:${port}`], topic, identity, openSocket, clock })
  clean.push(() => a.close())
  await until(() => visits === 1)
  for (let i = 0; i < 4; i++) {
    nowMs += 10_000
    for (const entry of due.filter(({ atMs }) => atMs <= nowMs)) {
      due.splice(due.indexOf(entry), 1)
      entry.run()
    }
  }
  await until(() => visits === 2)
})

test('the first retry is quick, the later ones double and are spread, and no outage makes them rare', () => {
  const random = seededRandom(1)
  const waits = (failures: number, outageMs: number): number[] =>
    Array.from({ length: 200 }, () => retryDelayMs(failures, outageMs, random))
  expect(Math.max(...waits(0, 0))).toBeLessThanOrEqual(200)
  for (const [failures, outageMs, most] of [
    [1, 0, 500],
    [2, 1_000, 1_000],
    [5, 30_000, 8_000],
    [9, 60_000, 8_000],
    [9, 300_000, 30_000],
    [5_000, 1e9, 30_000],
  ] as const) {
    expect(Math.max(...waits(failures, outageMs))).toBeLessThanOrEqual(most)
    expect(Math.min(...waits(failures, outageMs))).toBeGreaterThanOrEqual(most / 2)
    expect(new Set(waits(failures, outageMs)).size).toBeGreaterThan(190)
  }
})
