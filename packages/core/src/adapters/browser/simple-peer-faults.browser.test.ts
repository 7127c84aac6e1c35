import { afterEach, expect, test, vi } from 'vitest'
import type { DownReason, PeerId, TransportEvent } from '../../ports.ts'
import { type MemoryRoom, memoryRoom } from '../../testing/memory-discovery.ts'
import { decodeBox, encodeBox } from './simple-peer-box.ts'
import {
  NoWebRtcError,
  type SimplePeerTransport,
  type SimplePeerTransportOptions,
  simplePeerTransport,
} from './simple-peer-transport.ts'

interface Tab {
  readonly transport: SimplePeerTransport
  readonly events: TransportEvent[]
  readonly page: EventTarget
  isUp(peer: Tab): boolean
  downs(peer: Tab | PeerId): readonly DownReason[]
}

const open: SimplePeerTransport[] = []
const until = (condition: () => boolean): Promise<void> =>
  expect.poll(condition, { interval: 5, timeout: 20_000 }).toBe(true)
const attempt = '0123456789abcdef'

afterEach(() => {
  for (const transport of open.splice(0)) transport.close()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** A tab whose id is that character over and over. Dials last long: no test here waits for a timeout. */
function enter(room: MemoryRoom, id: string, options: Partial<SimplePeerTransportOptions> = {}): Tab {
  const page = new EventTarget()
  const discovery = room.join(id.repeat(64))
  const transport = simplePeerTransport({ discovery, dialTimeoutMs: 600_000, page, ...options })
  open.push(transport)
  const events: TransportEvent[] = []
  transport.listen((event) => events.push(event))
  const idOf = (peer: Tab | PeerId): PeerId => (typeof peer === 'string' ? peer : peer.transport.self)
  return {
    transport,
    events,
    page,
    isUp(peer) {
      const last = events.findLast(
        (event) => (event.type === 'up' || event.type === 'down') && event.peer === idOf(peer),
      )
      return last?.type === 'up'
    },
    downs: (peer) =>
      events.flatMap((event) => (event.type === 'down' && event.peer === idOf(peer) ? [event.reason] : [])),
  }
}

async function link(a: Tab, b: Tab): Promise<void> {
  a.transport.connect(b.transport.self)
  await until(() => a.isUp(b) && b.isUp(a))
}

/** Records the data channels that are made from now on. */
function watchChannels(): { connection: RTCPeerConnection; channel: RTCDataChannel }[] {
  const made: { connection: RTCPeerConnection; channel: RTCDataChannel }[] = []
  const create = RTCPeerConnection.prototype.createDataChannel
  vi.spyOn(RTCPeerConnection.prototype, 'createDataChannel').mockImplementation(function (
    this: RTCPeerConnection,
    label,
    init,
  ) {
    const channel = create.call(this, label, init)
    made.push({ connection: this, channel })
    return channel
  })
  return made
}

test('without WebRTC it says so in a typed error', () => {
  vi.stubGlobal('RTCPeerConnection', undefined)
  expect(() => enter(memoryRoom(), '1')).toThrow(NoWebRtcError)
})

test('a page that is left says goodbye even while its bulk lanes are full, and dials anew when it comes back', async () => {
  const room = memoryRoom()
  const [a, b] = [enter(room, '1'), enter(room, '2')]
  await link(a, b)
  const frame = new Uint8Array(16 * 1024)
  while (a.transport.send(b.transport.self, 'bulk', frame));
  a.page.dispatchEvent(new Event('pagehide'))
  await until(() => b.downs(a).length === 1)
  expect(b.downs(a)).toEqual(['goodbye'])
  expect(a.downs(b)).toEqual(['hung-up'])
  await link(a, b)
})

test('a peer with enough links refuses, and the other side hears it at once', async () => {
  const room = memoryRoom()
  const full = enter(room, '5', { maxLinks: 1 })
  const [friend, smaller, larger] = [enter(room, '4'), enter(room, '1'), enter(room, '9')]
  await link(friend, full)
  smaller.transport.connect(full.transport.self)
  larger.transport.connect(full.transport.self)
  await until(() => smaller.downs(full).length === 1 && larger.downs(full).length === 1)
  expect([...smaller.downs(full), ...larger.downs(full)]).toEqual(['unreachable', 'unreachable'])
  full.transport.connect(larger.transport.self)
  await until(() => full.downs(larger).length === 1)
  expect(full.isUp(friend)).toBe(true)
  friend.transport.disconnect(full.transport.self)
  await until(() => full.downs(friend).length === 1)
  await link(larger, full)
})

test('a peer that discovery reports gone is unreachable at once, and so is everybody while discovery is away', async () => {
  const room = memoryRoom()
  const a = enter(room, '5')
  a.transport.connect('9'.repeat(64))
  a.transport.connect('1'.repeat(64))
  await until(() => a.downs('9'.repeat(64)).length === 1 && a.downs('1'.repeat(64)).length === 1)
  const b = enter(room, '7')
  room.setStatus('retrying')
  a.transport.connect(b.transport.self)
  await until(() => a.downs(b).length === 1)
  expect(a.downs(b)).toEqual(['unreachable'])
  room.setStatus('connected')
  await link(a, b)
})

test('links outlive discovery', async () => {
  const room = memoryRoom()
  const [a, b] = [enter(room, '1'), enter(room, '2')]
  await link(a, b)
  room.setStatus('retrying')
  room.crash(b.transport.self)
  a.transport.send(b.transport.self, 'control', Uint8Array.of(1))
  await until(() => b.events.some(({ type }) => type === 'frame'))
  expect(a.isUp(b)).toBe(true)
})

test('dials at most three at once; hanging up frees the slot', async () => {
  const room = memoryRoom()
  const a = enter(room, '9')
  const silent = ['1', '2', '3', '4', '5'].map((id) => id.repeat(64))
  for (const peer of silent) {
    room.join(peer)
    a.transport.connect(peer)
  }
  const dialled = (): PeerId[] => room.relayed.map(({ to }) => to)
  await until(() => dialled().length === 3)
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect(dialled()).toEqual(silent.slice(0, 3))
  a.transport.disconnect(silent[0] ?? '')
  await until(() => dialled().length === 4)
  expect(dialled()).toEqual(silent.slice(0, 4))
  expect(a.downs(silent[0] ?? '')).toEqual(['hung-up'])
})

test('makes at most sixty connections in five minutes', async () => {
  const room = memoryRoom()
  let nowMs = 0
  const clock = { now: () => nowMs, after: () => () => undefined }
  const a = enter(room, '0', { clock })
  for (let i = 0; i < 70; i++) {
    const peer = `${100 + i}`.padEnd(64, 'f')
    a.transport.connect(peer)
    await until(() => a.downs(peer).length === 1)
  }
  const dialled = (): number => room.relayed.filter(({ box }) => decodeBox(box)?.type === 'offer').length
  expect(dialled()).toBe(60)
  nowMs = 5 * 60_000 + 1
  const b = enter(room, '1')
  a.transport.connect(b.transport.self)
  await until(() => dialled() === 61)
})

test('boxes that nobody asked for change nothing', async () => {
  const room = memoryRoom()
  const [a, b] = [enter(room, '5'), enter(room, '6')]
  const self = a.transport.self
  const [small, large] = ['1'.repeat(64), '9'.repeat(64)]
  const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 }
  for (const [from, box] of [
    [small, ''],
    [small, 'null'],
    [small, '{"type":"offer"}'],
    [small, encodeBox({ type: 'answer', attempt, sdp: 'v=0\r\n' })],
    [small, encodeBox({ type: 'candidates', attempt, candidates: [candidate] })],
    [small, encodeBox({ type: 'restart', attempt })],
    [small, encodeBox({ type: 'refuse', attempt, reason: 'full' })],
    [small, encodeBox({ type: 'knock', attempt })],
    [large, encodeBox({ type: 'offer', attempt, sdp: 'v=0\r\n' })],
    [self, encodeBox({ type: 'offer', attempt, sdp: 'v=0\r\n' })],
  ] as const)
    room.inject(from, self, box)
  await link(a, b)
  expect(a.events).toEqual([{ type: 'up', peer: b.transport.self }])
})

test('whoever dials a peer that was dialling already is told when nothing comes of it', async () => {
  const room = memoryRoom()
  const a = enter(room, '5')
  const small = '1'.repeat(64)
  room.join(small)
  const offer = await new RTCPeerConnection().createOffer({ offerToReceiveAudio: true })
  room.inject(small, a.transport.self, encodeBox({ type: 'offer', attempt, sdp: offer.sdp ?? '' }))
  await until(() => room.relayed.some(({ box }) => decodeBox(box)?.type === 'answer'))
  a.transport.connect(small)
  room.inject(small, a.transport.self, encodeBox({ type: 'refuse', attempt, reason: 'full' }))
  await until(() => a.events.length === 1)
  expect(a.downs(small)).toEqual(['unreachable'])
})

test('a page that is left answers every dial, also those that still waited for a slot', async () => {
  const room = memoryRoom()
  const a = enter(room, '9')
  const silent = ['1', '2', '3', '4', '5'].map((id) => id.repeat(64))
  for (const peer of silent) {
    room.join(peer)
    a.transport.connect(peer)
  }
  await until(() => room.relayed.length === 3)
  a.page.dispatchEvent(new Event('pagehide'))
  expect(silent.map((peer) => a.downs(peer))).toEqual(silent.map(() => ['hung-up']))
  expect(room.relayed).toHaveLength(3)
})

test('a broken offer ends its attempt without a word, and the peer can still be reached', async () => {
  const room = memoryRoom()
  const [a, b] = [enter(room, '5'), enter(room, '1')]
  room.inject(b.transport.self, a.transport.self, encodeBox({ type: 'offer', attempt, sdp: 'v=0 nonsense' }))
  await link(b, a)
  expect(a.events).toEqual([{ type: 'up', peer: b.transport.self }])
})

test('late boxes of a dead attempt do not disturb the living one', async () => {
  const room = memoryRoom()
  const [a, b] = [enter(room, '1'), enter(room, '2')]
  await link(a, b)
  a.transport.disconnect(b.transport.self)
  await until(() => b.downs(a).length === 1)
  const old = [...room.relayed]
  await link(a, b)
  for (const { from, to, box } of old) if (decodeBox(box)?.type !== 'offer') room.inject(from, to, box)
  a.transport.send(b.transport.self, 'control', Uint8Array.of(1))
  await until(() => b.events.some(({ type }) => type === 'frame'))
  expect(a.isUp(b) && b.isUp(a)).toBe(true)
})

test.each(['1', '9'])('a peer that crashed and is back under its id (%s) is linked anew', async (id) => {
  const room = memoryRoom()
  const a = enter(room, '5')
  const before = enter(room, id)
  await link(before, a)
  room.crash(before.transport.self)
  const after = enter(room, id)
  after.transport.connect(a.transport.self)
  await until(() => after.isUp(a) && a.downs(after).length === 1 && a.isUp(after))
  expect(a.downs(after)).toEqual(['closed'])
})

test('a message above 64 KiB ends the link', async () => {
  const made = watchChannels()
  const room = memoryRoom()
  const [a, b] = [enter(room, '1'), enter(room, '2')]
  await link(a, b)
  const bulk = made.find(({ channel }) => channel.label === 'bulk')
  bulk?.channel.send(new Uint8Array(64 * 1024 + 1))
  await until(() => a.downs(b).length === 1 && b.downs(a).length === 1)
  expect([...a.downs(b), ...b.downs(a)].sort()).toEqual(['closed', 'failed'])
})

test('a connection that closes without a goodbye is down on the other side as closed', async () => {
  const made = watchChannels()
  const room = memoryRoom()
  const [a, b] = [enter(room, '1'), enter(room, '2')]
  await link(a, b)
  made[0]?.connection.close()
  await until(() => a.downs(b).length + b.downs(a).length >= 1)
  const survivor = a.downs(b).length === 1 ? a.downs(b) : b.downs(a)
  expect(survivor).toEqual(['closed'])
})

test.each([
  ['offers', 0],
  ['answers', 1],
])('the side that %s restarts ICE once when the path is lost, within the same attempt', async (_, side) => {
  const made = watchChannels()
  const room = memoryRoom()
  const [a, b] = [enter(room, '1'), enter(room, '2')]
  await link(a, b)
  const connections = [...new Set(made.map(({ connection }) => connection))]
  const connection = connections[side]
  if (connection === undefined) throw new Error('two connections were to be made')
  const state = vi.spyOn(connection, 'iceConnectionState', 'get').mockReturnValue('disconnected')
  for (let i = 0; i < 3; i++) connection.oniceconnectionstatechange?.(new Event('iceconnectionstatechange'))
  state.mockRestore()
  const descriptions = (type: 'offer' | 'answer') =>
    room.relayed.flatMap(({ box }) => {
      const decoded = decodeBox(box)
      return decoded?.type === type ? [decoded] : []
    })
  await until(() => descriptions('answer').length === 2)
  const offers = descriptions('offer')
  expect(offers).toHaveLength(2)
  expect(new Set(offers.map((offer) => offer.attempt)).size).toBe(1)
  expect(new Set(offers.map(({ sdp }) => /a=ice-ufrag:(\S+)/.exec(sdp)?.[1])).size).toBe(2)
  a.transport.send(b.transport.self, 'control', Uint8Array.of(1))
  b.transport.send(a.transport.self, 'bulk', Uint8Array.of(2))
  await until(() => [a, b].every(({ events }) => events.some(({ type }) => type === 'frame')))
  expect(a.isUp(b) && b.isUp(a)).toBe(true)
})

test('counts the bytes of frames both ways', async () => {
  const room = memoryRoom()
  const [a, b] = [enter(room, '1'), enter(room, '2')]
  expect(a.transport.stats(b.transport.self)).toBeUndefined()
  await link(a, b)
  a.transport.send(b.transport.self, 'bulk', new Uint8Array(1000))
  a.transport.send(b.transport.self, 'control', new Uint8Array(10))
  await until(() => b.transport.stats(a.transport.self)?.bytesDown === 1010)
  expect(a.transport.stats(b.transport.self)).toEqual({ bytesUp: 1010, bytesDown: 0 })
  expect(() => a.transport.send(b.transport.self, 'bulk', new Uint8Array(16_401))).toThrow(RangeError)
})

test('asks for the ICE servers anew at every dial', async () => {
  const room = memoryRoom()
  const asked: string[] = []
  const iceServers = (): RTCIceServer[] => {
    asked.push('asked')
    return []
  }
  const [a, b] = [enter(room, '1', { iceServers }), enter(room, '2')]
  await link(a, b)
  a.transport.disconnect(b.transport.self)
  await until(() => b.downs(a).length === 1)
  await link(a, b)
  expect(asked).toHaveLength(2)
})
