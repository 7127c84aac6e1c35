import { integer } from '../lib/random.ts'
import type { PeerId, Random } from '../ports.ts'

/** Latencies of a link, symmetric and fixed for a pair: between half and one and a half times `meanMs`. */
export function pairLatency(meanMs: number, seed: Random): (a: PeerId, b: PeerId) => number {
  const salt = integer(seed, 2 ** 31)
  return (a, b) => {
    const [low, high] = a < b ? [a, b] : [b, a]
    let hash = salt
    for (const text of [low, high])
      for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    return meanMs * (0.5 + (hash >>> 0) / 2 ** 32)
  }
}
