import type { Discovery, DiscoveryEvent, DiscoveryStatus, PeerId } from '../ports.ts'

/** A room inside one process, with a say in what happens to boxes. */
export interface MemoryRoom {
  join(self: PeerId): Discovery & { readonly seat: Promise<number> }
  /** Hands a box over as if `from` had relayed it: for hostile peers. */
  inject(from: PeerId, to: PeerId, box: string): void
  /** Every box relayed so far. */
  readonly relayed: readonly { readonly from: PeerId; readonly to: PeerId; readonly box: string }[]
  /** Takes a peer out without a word to anybody: a crash. */
  crash(peer: PeerId): void
  /** Discovery is away, or back. */
  setStatus(status: Exclude<DiscoveryStatus, 'off'>): void
}

/** Discovery whose answers come in a microtask, in order. */
export function memoryRoom(): MemoryRoom {
  const listeners = new Map<PeerId, Set<(event: DiscoveryEvent) => void>>()
  const seats = new Map<PeerId, number>()
  const relayed: { readonly from: PeerId; readonly to: PeerId; readonly box: string }[] = []
  let status: Exclude<DiscoveryStatus, 'off'> = 'connected'

  const tell = (peer: PeerId, event: DiscoveryEvent): void =>
    queueMicrotask(() => {
      for (const listener of [...(listeners.get(peer) ?? [])]) listener(event)
    })

  return {
    relayed,
    inject: (from, to, box) => tell(to, { type: 'box', from, box }),
    crash(peer) {
      listeners.delete(peer)
      seats.delete(peer)
    },
    setStatus(next) {
      status = next
      for (const peer of listeners.keys()) tell(peer, { type: 'status', status })
    },
    join(self) {
      const own = new Set<(event: DiscoveryEvent) => void>()
      listeners.set(self, own)
      let seat = 0
      while ([...seats.values()].includes(seat)) seat += 1
      seats.set(self, seat)
      const isIn = (): boolean => listeners.get(self) === own
      return {
        self,
        seat: Promise.resolve(seat),
        status: () => (isIn() ? status : 'off'),
        need(count) {
          if (!isIn() || status !== 'connected') return
          const peers = [...listeners.keys()].filter((peer) => peer !== self).slice(0, count)
          tell(self, { type: 'peers', peers })
        },
        relay(to, box) {
          if (!isIn() || status !== 'connected') return
          relayed.push({ from: self, to, box })
          if (listeners.has(to)) tell(to, { type: 'box', from: self, box })
          else tell(self, { type: 'gone', peer: to })
        },
        listen(listener) {
          own.add(listener)
          return () => own.delete(listener)
        },
        close() {
          if (!isIn()) return
          listeners.delete(self)
          seats.delete(self)
          for (const peer of listeners.keys()) tell(peer, { type: 'gone', peer: self })
        },
      }
    },
  }
}
