import * as core from '@gossamer/core'
import { type CompleteTask, parseTask, presets } from '@gossamer/core'

/** A way to gossip, by the two parts of a case's name. */
export interface Recipe {
  readonly strategy: string
  readonly label: string
  readonly gossip: Readonly<Record<string, unknown>>
}

const everySteps = 50

export const standard: Recipe = {
  strategy: 'swap',
  label: 'standard',
  gossip: { strategy: 'swap', codec: 'int8', everySteps },
}

export const saver: Recipe = {
  strategy: 'swap',
  label: 'saver',
  gossip: { strategy: 'swap', codec: 'sign', everySteps },
}

/** The least that is still useful. */
export const frugal: Recipe = {
  strategy: 'swap',
  label: 'frugal',
  gossip: { strategy: 'swap', codec: 'sign', everySteps: 2 * everySteps },
}

/** The rules that others publish travel as they do there. */
const asPublished = new Set(['latest-average', 'round-average'])

/** Every strategy that the core knows, once. */
export const strategyRecipes: readonly Recipe[] = namesOf('strategies', ['swap']).map((strategy) => {
  const codec = asPublished.has(strategy) ? 'float32' : 'int8'
  return { strategy, label: codec, gossip: { strategy, codec, everySteps } }
})

/** The default strategy with every codec that the core knows, once. */
export const codecRecipes: readonly Recipe[] = namesOf('codecs', []).map((codec) => ({
  strategy: 'swap',
  label: codec,
  gossip: { strategy: 'swap', codec, everySteps },
}))

/** The task for digits with a way to gossip; undefined where this build of the core does not know it yet. */
export function taskWith(
  gossip: Readonly<Record<string, unknown>>,
  training: Readonly<Record<string, unknown>> = {},
): CompleteTask | undefined {
  const { mnist } = presets
  const result = parseTask({ ...mnist, gossip, training: { ...mnist?.training, ...training } })
  return result.ok ? result.task : undefined
}

function namesOf(registry: string, otherwise: readonly string[]): readonly string[] {
  const found: unknown = Reflect.get(core, registry)
  return typeof found === 'object' && found !== null ? Object.keys(found) : otherwise
}
