import { derivedSeed, seededRandom } from '../../lib/random.ts'

/** The seed of each step's dropout in turn, a whole number below 2^32: whatever trains drops the same for one seed. */
export function dropoutSeeds(seed: number): () => number {
  const random = seededRandom(derivedSeed(seed, 'dropout'))
  return () => random.next() * 2 ** 32
}

/** What a layer mixes into a step's seed, so that no two layers drop the same. */
export const saltOf = (layer: number): number => Math.imul(layer + 1, 0x9e3779b9) >>> 0

/** Elements whose hash is below are dropped. */
export const thresholdOf = (rate: number): number => Math.floor(rate * 2 ** 32)

/**
 * 0 for what is dropped, 1 / (1 - rate) for what is kept. Each element's fate is a hash of its index alone (an
 * integer finalizer of two multiplications), so a GPU decides it anew on the way back instead of remembering.
 */
export function dropoutMask(count: number, rate: number, seed: number): Float32Array {
  const mask = new Float32Array(count)
  const kept = 1 / (1 - rate)
  const threshold = thresholdOf(rate)
  for (let i = 0; i < count; i++) {
    let hash = (i ^ seed) | 0
    hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
    hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
    if ((hash ^ (hash >>> 16)) >>> 0 >= threshold) mask[i] = kept
  }
  return mask
}
