import { afterEach, describe, expect, test } from 'vitest'
import type { DownReason, Lane, PeerId, Transport, TransportEvent } from '../ports.ts'

/** Transports of one room, and a way to let time pass for them, real or virtual. */
export interface TransportRoom {
  readonly transports: readonly Transport[]
  /** Lets time pass until the condition holds; rejects when it does not within a time that is long for this network. */
  until(condition: () => boolean): Promise<void>
  /** A peer id of the right form that is nobody's. */
  readonly stranger: PeerId
  close(): Promise<void> | void
}

export interface TransportSuiteOptions {
  /** Bulk bytes that certainly lift a lane above its high mark when sent at once. */
  readonly floodBytes?: number
}

type Heard = TransportEvent

interface Ear {
  readonly transport: Transport
  readonly events: Heard[]
  isUp(peer: PeerId): boolean
  downs(peer: PeerId): readonly DownReason[]
  frames(from: PeerId, lane: Lane): readonly Uint8Array[]
}

function ear(transport: Transport): Ear {
  const events: Heard[] = []
  transport.listen((event) => events.push(event))
  return {
    transport,
    events,
    isUp(peer) {
      const last = events.findLast(
        (event) => (event.type === 'up' || event.type === 'down') && event.peer === peer,
      )
      return last?.type === 'up'
    },
    downs: (peer) =>
      events.flatMap((event) => (event.type === 'down' && event.peer === peer ? [event.reason] : [])),
    frames: (from, lane) =>
      events.flatMap((event) =>
        event.type === 'frame' && event.from === from && event.lane === lane ? [event.bytes] : [],
      ),
  }
}

const numbered = (number: number, bytes = 4): Uint8Array => {
  const frame = new Uint8Array(bytes)
  new DataView(frame.buffer).setUint32(0, number)
  return frame
}
const numberOf = (frame: Uint8Array): number =>
  new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0)
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** What every transport promises. `create` gives a room of that many transports that have not met yet. */
export function transportSuite(
  name: string,
  create: (count: number) => Promise<TransportRoom>,
  options: TransportSuiteOptions = {},
): void {
  const { floodBytes = 4 * 1024 * 1024 } = options
  describe(`transport: ${name}`, () => {
    let room: TransportRoom | undefined

    afterEach(async () => {
      await room?.close()
      room = undefined
    })

    async function enter(
      count: number,
    ): Promise<{ ears: Ear[]; until: TransportRoom['until']; stranger: PeerId }> {
      room = await create(count)
      const { transports, stranger } = room
      return { ears: transports.map(ear), until: room.until, stranger }
    }

    /** A linked pair: `a` dialled. */
    async function pair(): Promise<{ a: Ear; b: Ear; until: TransportRoom['until'] }> {
      const { ears, until } = await enter(2)
      const [a, b] = ears
      if (a === undefined || b === undefined) throw new Error('a room of two has two transports')
      await link(a, b, until)
      return { a, b, until }
    }

    async function link(a: Ear, b: Ear, until: TransportRoom['until']): Promise<void> {
      a.transport.connect(b.transport.self)
      await until(() => a.isUp(b.transport.self) && b.isUp(a.transport.self))
    }

    test('finds the others of the room, never itself', async () => {
      const { ears, until } = await enter(3)
      const [a, ...others] = ears
      if (a === undefined) throw new Error('nobody came')
      const found = new Set<PeerId>()
      let asked = 0
      await until(() => {
        if (asked++ % 50 === 0) a.transport.find(8)
        for (const event of a.events.splice(0)) {
          if (event.type === 'found') for (const peer of event.peers) found.add(peer)
        }
        return found.size === 2
      })
      expect([...found].sort()).toEqual(others.map(({ transport }) => transport.self).sort())
    })

    test.each(['smaller', 'larger'])('links two when the %s id dials; both are up once', async (who) => {
      const { ears, until } = await enter(2)
      const [small, large] = ears.sort((a, b) => (a.transport.self < b.transport.self ? -1 : 1))
      if (small === undefined || large === undefined) throw new Error('a room of two has two transports')
      const [dialler, other] = who === 'smaller' ? [small, large] : [large, small]
      await link(dialler, other, until)
      dialler.transport.send(other.transport.self, 'control', numbered(1))
      await until(() => other.frames(dialler.transport.self, 'control').length === 1)
      for (const { events } of ears) expect(events.filter(({ type }) => type === 'up')).toHaveLength(1)
    })

    test('links two that dial each other at once, and only once', async () => {
      const { ears, until } = await enter(2)
      const [a, b] = ears
      if (a === undefined || b === undefined) throw new Error('a room of two has two transports')
      a.transport.connect(b.transport.self)
      b.transport.connect(a.transport.self)
      a.transport.connect(b.transport.self)
      await until(() => a.isUp(b.transport.self) && b.isUp(a.transport.self))
      a.transport.send(b.transport.self, 'control', numbered(7))
      b.transport.send(a.transport.self, 'control', numbered(8))
      await until(
        () =>
          b.frames(a.transport.self, 'control').length === 1 &&
          a.frames(b.transport.self, 'control').length === 1,
      )
      for (const { events } of ears) {
        expect(events.filter(({ type }) => type === 'up' || type === 'down')).toHaveLength(1)
      }
    })

    test('links three with one another, and frames go where they should', async () => {
      const { ears, until } = await enter(3)
      for (const { transport } of ears) {
        for (const other of ears) transport.connect(other.transport.self)
      }
      await until(() =>
        ears.every((one) => ears.every((other) => one === other || one.isUp(other.transport.self))),
      )
      ears.forEach(({ transport }, i) => {
        ears.forEach((other, j) => {
          transport.send(other.transport.self, 'control', numbered(10 * i + j))
        })
      })
      await until(() =>
        ears.every(({ events }) => events.filter(({ type }) => type === 'frame').length === 2),
      )
      ears.forEach((one, j) => {
        ears.forEach((other, i) => {
          const expected = i === j ? [] : [10 * i + j]
          expect(one.frames(other.transport.self, 'control').map(numberOf)).toEqual(expected)
        })
      })
    })

    test('frames arrive whole, unchanged and in order on each lane', async () => {
      const { a, b, until } = await pair()
      const [from, to] = [a.transport.self, b.transport.self]
      for (const i of numbers(200)) {
        a.transport.send(to, 'bulk', numbered(i, 4 + ((i * 37) % 1000)))
        a.transport.send(to, 'control', numbered(1000 + i))
      }
      await until(() => b.frames(from, 'bulk').length === 200 && b.frames(from, 'control').length === 200)
      expect(b.frames(from, 'bulk').map(numberOf)).toEqual(numbers(200))
      expect(b.frames(from, 'bulk').map(({ length }) => length)).toEqual(
        numbers(200).map((i) => 4 + ((i * 37) % 1000)),
      )
      expect(b.frames(from, 'control').map(numberOf)).toEqual(numbers(200).map((i) => 1000 + i))
    })

    test('takes frames of every size up to its largest, also as a view of a larger buffer', async () => {
      const { a, b, until } = await pair()
      const { maxFrameBytes } = a.transport
      expect(maxFrameBytes).toBeGreaterThanOrEqual(16 * 1024)
      const whole = Uint8Array.from({ length: maxFrameBytes + 16 }, (_, i) => (i * 31) & 255)
      const sizes = [1, 2, 15, 1024, maxFrameBytes - 1, maxFrameBytes]
      for (const size of sizes) a.transport.send(b.transport.self, 'bulk', whole.subarray(8, 8 + size))
      await until(() => b.frames(a.transport.self, 'bulk').length === sizes.length)
      b.frames(a.transport.self, 'bulk').forEach((frame, i) => {
        expect(frame).toEqual(whole.slice(8, 8 + (sizes[i] ?? 0)))
      })
    })

    test('bulk refuses above its high mark, takes all the same, and says when it takes more', async () => {
      const { a, b, until } = await pair()
      const [from, to] = [a.transport.self, b.transport.self]
      const size = 16 * 1024
      let sent = 0
      let refused = false
      while (!refused && sent * size < floodBytes) {
        refused = !a.transport.send(to, 'bulk', numbered(sent, size))
        sent += 1
      }
      expect(refused).toBe(true)
      const isWritable = (): boolean =>
        a.events.some((event) => event.type === 'writable' && event.peer === to)
      expect(isWritable()).toBe(false)
      await until(isWritable)
      expect(a.transport.send(to, 'bulk', numbered(sent, size))).toBe(true)
      await until(() => b.frames(from, 'bulk').length === sent + 1)
      expect(b.frames(from, 'bulk').map(numberOf)).toEqual(numbers(sent + 1))
    })

    test('control overtakes a full bulk lane', async () => {
      const { a, b, until } = await pair()
      const [from, to] = [a.transport.self, b.transport.self]
      let sent = 0
      while (a.transport.send(to, 'bulk', numbered(sent++, 16 * 1024))) {
        if (sent * 16 * 1024 > floodBytes) break
      }
      expect(a.transport.send(to, 'control', numbered(1))).toBe(true)
      await until(() => b.frames(from, 'bulk').length === sent && b.frames(from, 'control').length === 1)
      const order = b.events.flatMap((event) => (event.type === 'frame' ? [event.lane] : []))
      expect(order.indexOf('control')).toBeLessThan(sent)
    })

    test('hanging up tells this side so and the other a goodbye; then nothing passes, and both may dial anew', async () => {
      const { a, b, until } = await pair()
      const [left, right] = [a.transport.self, b.transport.self]
      a.transport.disconnect(right)
      await until(() => a.downs(right).length === 1 && b.downs(left).length === 1)
      expect(a.downs(right)).toEqual(['hung-up'])
      expect(b.downs(left)).toEqual(['goodbye'])
      expect(a.transport.send(right, 'control', numbered(1))).toBe(true)
      expect(b.transport.send(left, 'bulk', numbered(2))).toBe(true)
      await link(b, a, until)
      a.transport.send(right, 'control', numbered(3))
      await until(() => b.frames(left, 'control').length === 1)
      expect(b.frames(left, 'control').map(numberOf)).toEqual([3])
      expect(a.frames(right, 'bulk')).toEqual([])
    })

    test('a peer that nobody knows is unreachable', async () => {
      const { ears, until, stranger } = await enter(1)
      const [a] = ears
      a?.transport.connect(stranger)
      await until(() => a?.downs(stranger).length === 1)
      expect(a?.downs(stranger)).toEqual(['unreachable'])
    })

    test('frames for a peer that was never up are dropped', async () => {
      const { ears, stranger } = await enter(1)
      expect(ears[0]?.transport.send(stranger, 'control', numbered(1))).toBe(true)
      expect(ears[0]?.transport.send(stranger, 'bulk', numbered(1))).toBe(true)
      expect(ears[0]?.events).toEqual([])
    })

    test('closing says goodbye on every link and falls silent', async () => {
      const { ears, until } = await enter(3)
      const [a, b, c] = ears
      if (a === undefined || b === undefined || c === undefined) throw new Error('three were to come')
      await link(a, b, until)
      await link(c, a, until)
      const heardBefore = a.events.length
      a.transport.close()
      a.transport.close()
      await until(() => b.downs(a.transport.self).length === 1 && c.downs(a.transport.self).length === 1)
      expect([...b.downs(a.transport.self), ...c.downs(a.transport.self)]).toEqual(['goodbye', 'goodbye'])
      expect(a.events).toHaveLength(heardBefore)
    })

    test('a listener that was taken away hears nothing more', async () => {
      const { ears, until } = await enter(2)
      const [a, b] = ears
      if (a === undefined || b === undefined) throw new Error('a room of two has two transports')
      const heard: TransportEvent[] = []
      const unlisten = a.transport.listen((event) => heard.push(event))
      unlisten()
      await link(a, b, until)
      expect(heard).toEqual([])
    })
  })
}
