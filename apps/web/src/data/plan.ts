import type { Manifest, Shard } from './manifest.ts'
import { shuffled } from './shuffled.ts'

/** What to take of one class: `take` examples at random out of these shards together. */
export interface ClassPlan {
  readonly label: number
  readonly take: number
  readonly shards: readonly Shard[]
}

/**
 * Spreads `samples` evenly over the classes (the first ones take the remainder; a class never gives more than
 * it has) and names the fewest shards that hold them. Which shards is decided by the seed.
 */
export function planTraining(
  manifest: Manifest,
  wanted: { readonly classes: readonly number[]; readonly samples: number; readonly seed: number },
): readonly ClassPlan[] {
  const each = Math.floor(wanted.samples / wanted.classes.length)
  const remainder = wanted.samples % wanted.classes.length
  return wanted.classes.flatMap((label, index) => {
    const source = manifest.train[label]
    if (source === undefined) return []
    const take = Math.min(source.count, each + (index < remainder ? 1 : 0))
    const shards: Shard[] = []
    let held = 0
    for (const shard of shuffled(source.shards, wanted.seed + label)) {
      if (held >= take) break
      shards.push(shard)
      held += shard.count
    }
    return take === 0 ? [] : [{ label, take, shards }]
  })
}
