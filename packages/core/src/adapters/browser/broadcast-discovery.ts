import * as v from 'valibot'
import { shuffle } from '../../lib/random.ts'
import type { Clock, Discovery, DiscoveryEvent, DiscoveryStatus, PeerId, Random } from '../../ports.ts'
import { cryptoRandom } from './crypto-random.ts'
import { systemClock } from './system-clock.ts'

export interface BroadcastDiscoveryOptions {
  readonly self: PeerId
  /** Tabs that name the same topic are in one room. */
  readonly topic: string
  readonly clock?: Clock
  readonly random?: Random
  readonly page?: EventTarget
}

export interface BroadcastDiscovery extends Discovery {
  /** The lowest seat that no other tab held when this one came. */
  readonly seat: Promise<number>
}

type Note =
  /** Who is there? Those asked answer with `here`. */
  | { readonly type: 'who'; readonly from: PeerId }
  /** A seat once it is taken. */
  | { readonly type: 'here'; readonly from: PeerId; readonly seat: number | null }
  | { readonly type: 'box'; readonly from: PeerId; readonly to: PeerId; readonly box: string }
  | { readonly type: 'bye'; readonly from: PeerId }

const from: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.minLength(1), v.maxLength(128))
const seatNumber: v.GenericSchema<unknown, number> = v.pipe(v.number(), v.integer(), v.minValue(0))
const schema: v.GenericSchema<unknown, Note> = v.variant('type', [
  v.object({ type: v.literal('who'), from }),
  v.object({ type: v.literal('here'), from, seat: v.nullable(seatNumber) }),
  v.object({ type: v.literal('box'), from, to: from, box: v.pipe(v.string(), v.maxLength(15 * 1024)) }),
  v.object({ type: v.literal('bye'), from }),
])

const listenBeforeSeatMs = 300
const listenForAnswersMs = 100
const largestAnswer = 16

/** Finds the tabs of this origin that are in the same room, without any server. */
export function broadcastDiscovery(options: BroadcastDiscoveryOptions): BroadcastDiscovery {
  const { self, clock = systemClock, random = cryptoRandom(), page = globalThis } = options
  const channel = new BroadcastChannel(`gossamer:${options.topic}`)
  const listeners = new Set<(event: DiscoveryEvent) => void>()
  /** Tabs heard of, with their seats; null: not seated yet. */
  const others = new Map<PeerId, number | null>()
  let answered = new Set<PeerId>()
  let status: DiscoveryStatus = 'connected'
  let ownSeat: number | null = null
  let cancelAnswer: (() => void) | undefined
  let wanted = 0
  let resolveSeat: (seat: number) => void = () => undefined
  const seat = new Promise<number>((resolve) => {
    resolveSeat = resolve
  })

  const post = (note: Note): void => {
    if (status !== 'off') channel.postMessage(note)
  }
  const emit = (event: DiscoveryEvent): void => {
    for (const listener of [...listeners]) listener(event)
  }

  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const parsed = v.safeParse(schema, data)
    if (!parsed.success || parsed.output.from === self) return
    const note = parsed.output
    switch (note.type) {
      case 'who':
        if (!others.has(note.from)) others.set(note.from, null)
        answered.add(note.from)
        post({ type: 'here', from: self, seat: ownSeat })
        return
      case 'here':
        others.set(note.from, note.seat)
        answered.add(note.from)
        return
      case 'box':
        if (note.to === self) emit({ type: 'box', from: note.from, box: note.box })
        return
      case 'bye':
        if (others.delete(note.from)) emit({ type: 'gone', peer: note.from })
    }
  }

  /** Of several tabs that look for a seat at the same time, the smaller ids take the lower ones. */
  function sit(): void {
    const taken = new Set(others.values())
    const ahead = [...others].filter(([peer, held]) => held === null && peer < self)
    let lowest = 0
    for (let turn = 0; turn <= ahead.length; turn++) {
      while (taken.has(lowest)) lowest += 1
      taken.add(lowest)
    }
    ownSeat = lowest
    resolveSeat(lowest)
    post({ type: 'here', from: self, seat: lowest })
  }

  /** Only tabs that answered just now are named: a tab that crashed said no goodbye. */
  function answer(): void {
    cancelAnswer = undefined
    for (const peer of [...others.keys()]) {
      if (!answered.has(peer) && others.delete(peer)) emit({ type: 'gone', peer })
    }
    emit({ type: 'peers', peers: shuffle([...others.keys()], random).slice(0, wanted) })
    wanted = 0
  }

  function need(count: number): void {
    if (status === 'off') return
    wanted = Math.min(largestAnswer, Math.max(wanted, count))
    if (cancelAnswer !== undefined) return
    answered = new Set()
    post({ type: 'who', from: self })
    cancelAnswer = clock.after(listenForAnswersMs, answer)
  }

  const sayBye = (): void => post({ type: 'bye', from: self })
  const sayHello = (): void => post({ type: 'who', from: self })
  page.addEventListener('pagehide', sayBye)
  page.addEventListener('pageshow', sayHello)
  sayHello()
  const cancelSeat = clock.after(listenBeforeSeatMs, sit)

  return {
    self,
    seat,
    status: () => status,
    need,
    relay: (to, box) => post({ type: 'box', from: self, to, box }),
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      sayBye()
      status = 'off'
      listeners.clear()
      cancelSeat()
      cancelAnswer?.()
      page.removeEventListener('pagehide', sayBye)
      page.removeEventListener('pageshow', sayHello)
      channel.close()
    },
  }
}
