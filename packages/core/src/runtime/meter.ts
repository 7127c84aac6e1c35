import type { Traffic } from '../node/snapshot.ts'
import type { Lane, PeerId } from '../ports.ts'

interface Count {
  up: number
  down: number
}

const kindOf: Readonly<Record<Lane, string>> = { control: 'control', bulk: 'weights' }

/** Counts the bytes of frames by peer and by kind, and smooths rates once a second. */
export class Meter {
  readonly #total: Count = { up: 0, down: 0 }
  readonly #byKind = new Map<string, Count>()
  readonly #byPeer = new Map<
    PeerId,
    Count & { rateUp: number; rateDown: number; lastUp: number; lastDown: number }
  >()

  count(peer: PeerId, lane: Lane, direction: 'up' | 'down', bytes: number): void {
    this.#total[direction] += bytes
    this.#kind(kindOf[lane])[direction] += bytes
    this.#peer(peer)[direction] += bytes
  }

  /** `seconds` since the last call. */
  smooth(seconds: number): void {
    const weight = 1 - Math.exp(-seconds / 3)
    for (const peer of this.#byPeer.values()) {
      peer.rateUp += weight * ((peer.up - peer.lastUp) / seconds - peer.rateUp)
      peer.rateDown += weight * ((peer.down - peer.lastDown) / seconds - peer.rateDown)
      peer.lastUp = peer.up
      peer.lastDown = peer.down
    }
  }

  of(peer: PeerId): Traffic & { readonly rateUp: number; readonly rateDown: number } {
    return this.#byPeer.get(peer) ?? { up: 0, down: 0, rateUp: 0, rateDown: 0 }
  }

  forget(peer: PeerId): void {
    this.#byPeer.delete(peer)
  }

  total(): Traffic & { readonly byKind: Readonly<Record<string, Traffic>> } {
    const byKind = Object.fromEntries([...this.#byKind].map(([kind, count]) => [kind, { ...count }]))
    return { ...this.#total, byKind }
  }

  #kind(kind: string): Count {
    const known = this.#byKind.get(kind) ?? { up: 0, down: 0 }
    this.#byKind.set(kind, known)
    return known
  }

  #peer(peer: PeerId): Count & { rateUp: number; rateDown: number; lastUp: number; lastDown: number } {
    const known = this.#byPeer.get(peer) ?? { up: 0, down: 0, rateUp: 0, rateDown: 0, lastUp: 0, lastDown: 0 }
    this.#byPeer.set(peer, known)
    return known
  }
}
