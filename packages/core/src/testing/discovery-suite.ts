import { afterEach, describe, expect, test } from 'vitest'
import type { Discovery, DiscoveryEvent, PeerId } from '../ports.ts'

export interface DiscoveryRoom {
  /** One more peer of the room. */
  join(): Promise<Discovery & { readonly seat?: Promise<number> }>
  /** Lets time pass until the condition holds; rejects when it does not within a time that is long. */
  until(condition: () => boolean): Promise<void>
  close(): Promise<void> | void
}

/** What every discovery promises. `create` gives an empty room. */
export function discoverySuite(name: string, create: () => Promise<DiscoveryRoom>): void {
  describe(`discovery: ${name}`, () => {
    let room: DiscoveryRoom | undefined

    afterEach(async () => {
      await room?.close()
      room = undefined
    })

    async function enter(count: number) {
      const here = await create()
      room = here
      const peers = []
      for (let i = 0; i < count; i++) {
        const discovery = await here.join()
        const events: DiscoveryEvent[] = []
        discovery.listen((event) => events.push(event))
        await here.until(() => discovery.status() === 'connected')
        peers.push({ discovery, events })
      }
      return { peers, until: here.until }
    }

    /** Asks now and then, as a node does, until somebody was named. */
    async function find(
      { discovery, events }: { discovery: Discovery; events: DiscoveryEvent[] },
      until: DiscoveryRoom['until'],
      enough: (found: ReadonlySet<PeerId>) => boolean,
    ): Promise<ReadonlySet<PeerId>> {
      const found = new Set<PeerId>()
      let asked = 0
      await until(() => {
        if (asked++ % 50 === 0) discovery.need(6)
        for (const event of events)
          if (event.type === 'peers') for (const peer of event.peers) found.add(peer)
        return enough(found)
      })
      return found
    }

    test('names the others of the room, never oneself', async () => {
      const { peers, until } = await enter(3)
      const ids = peers.map(({ discovery }) => discovery.self)
      expect(new Set(ids).size).toBe(3)
      for (const peer of peers) {
        const found = await find(peer, until, ({ size }) => size === 2)
        expect([...found].sort()).toEqual(ids.filter((id) => id !== peer.discovery.self).sort())
      }
    })

    test('names no more peers than were asked for', async () => {
      const { peers, until } = await enter(4)
      const [a] = peers
      if (a === undefined) throw new Error('nobody came')
      await find(a, until, ({ size }) => size === 3)
      a.events.splice(0)
      a.discovery.need(1)
      await until(() => a.events.some(({ type }) => type === 'peers'))
      for (const event of a.events)
        if (event.type === 'peers') expect(event.peers.length).toBeLessThanOrEqual(1)
    })

    test('relays boxes unchanged, in order, to whom they are for and nobody else', async () => {
      const { peers, until } = await enter(3)
      const [a, b, c] = peers
      if (a === undefined || b === undefined || c === undefined) throw new Error('three were to come')
      await find(a, until, ({ size }) => size === 2)
      const boxes = ['{"type":"knock"}', 'umlauts: äöü 𝄞', '\u0000\n"\\', 'x'.repeat(4000)]
      for (const box of boxes) a.discovery.relay(b.discovery.self, box)
      const got = () => b.events.flatMap((event) => (event.type === 'box' ? [event] : []))
      await until(() => got().length === boxes.length)
      expect(got()).toEqual(boxes.map((box) => ({ type: 'box', from: a.discovery.self, box })))
      expect(c.events.filter(({ type }) => type === 'box')).toEqual([])
    })

    test('says that a peer is gone which closed, and names it no longer', async () => {
      const { peers, until } = await enter(2)
      const [a, b] = peers
      if (a === undefined || b === undefined) throw new Error('two were to come')
      await find(a, until, ({ size }) => size === 1)
      b.discovery.close()
      await until(() => a.events.some((event) => event.type === 'gone' && event.peer === b.discovery.self))
      a.events.splice(0)
      a.discovery.need(6)
      await until(() => a.events.some(({ type }) => type === 'peers'))
      expect(a.events).toEqual([{ type: 'peers', peers: [] }])
    })

    test('a box for nobody is lost without harm, and closing is final', async () => {
      const { peers, until } = await enter(2)
      const [a, b] = peers
      if (a === undefined || b === undefined) throw new Error('two were to come')
      a.discovery.relay('0'.repeat(64), 'x')
      await find(a, until, ({ size }) => size === 1)
      a.discovery.close()
      expect(a.discovery.status()).toBe('off')
      const heard = a.events.length
      a.discovery.need(1)
      a.discovery.relay(b.discovery.self, 'x')
      a.discovery.close()
      b.discovery.relay(a.discovery.self, 'still there?')
      await until(() => b.events.some(({ type }) => type === 'gone'))
      expect(a.events).toHaveLength(heard)
      expect(b.events.filter(({ type }) => type === 'box')).toEqual([])
    })

    test('deals out seats from 0, each once, and a free seat again', async () => {
      const { peers } = await enter(3)
      const seats = await Promise.all(peers.map(({ discovery }) => discovery.seat))
      if (seats.every((seat) => seat === undefined)) return
      expect([...seats].sort()).toEqual([0, 1, 2])
      const [first] = peers
      const freed = await first?.discovery.seat
      first?.discovery.close()
      const next = await room?.join()
      expect(await next?.seat).toBe(freed)
    })
  })
}
