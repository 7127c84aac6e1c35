import { norm } from '../params/vector.ts'
import type { PeerId } from '../ports.ts'
import { bounded } from './bounded.ts'
import type { Source } from './part.ts'

interface Snapshot {
  readonly model: Float32Array
  readonly samples: number
  /** It was part of a merge already. */
  readonly seen: boolean
}

/** The newest model of every neighbour. */
type Latest = ReadonlyMap<PeerId, Snapshot>

interface Weighing {
  /** By number of examples; otherwise all alike. */
  readonly bySamples: boolean
  /** Models that were merged before take part again. */
  readonly again: boolean
}

/** A neighbour may claim any number of examples: more than this many times the own count nothing. */
const mostTimesOwn = 100

/**
 * Keeps the newest model of every neighbour. An own exchange goes all the way to the weighted average of the own one
 * and those: sum n_i (x_i - w) / sum n_i, own included. Memory: one model for each neighbour.
 */
export const latest = ({ bySamples, again }: Weighing): Source<Latest> =>
  bounded<Latest>({
    init: () => new Map(),
    receive: (state, { from, theirs: model, sender: { samples } }) => [
      new Map(state).set(from, { model, samples, seen: false }),
      { type: 'held' },
    ],
    gather: (state, { reference, self }, neighbours) => {
      const kept = [...state].filter(([peer]) => neighbours.includes(peer))
      const merged = kept.filter(([, { seen }]) => again || !seen)
      const next = new Map(kept.map(([peer, snapshot]) => [peer, { ...snapshot, seen: true }]))
      if (merged.length === 0) return [next, { type: 'held' }]
      const own = Math.max(1, self.samples)
      const weighed = merged.map(([, { model, samples }]) => ({
        model,
        weight: bySamples ? Math.min(samples, mostTimesOwn * own) : 1,
      }))
      const total = weighed.reduce((sum, { weight }) => sum + weight, bySamples ? own : 1)
      const difference = new Float32Array(reference.length)
      for (let i = 0; i < difference.length; i++) {
        const from = reference[i] ?? 0
        let sum = 0
        for (const { model, weight } of weighed) sum += weight * ((model[i] ?? 0) - from)
        difference[i] = sum / total
      }
      return [next, { type: 'move', difference, share: 1, scale: 1, distance: norm(difference), mass: 1 }]
    },
  })
