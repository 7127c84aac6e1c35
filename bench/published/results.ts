import { fileURLToPath } from 'node:url'
import { canonicalText, readKept, sorted, writeWhole } from '../kept.ts'
import type { RoomConfig, RoomResult } from './room.ts'

/** A run on the test set, as it is committed. */
export interface Kept {
  readonly config: RoomConfig
  readonly result: RoomResult
}

const committed = fileURLToPath(new URL('../../published/results.json', import.meta.url))
const folder = fileURLToPath(new URL('../../../.cache/published', import.meta.url))

/** By the canonical text of their configurations. */
export function committedResults(): ReadonlyMap<string, Kept> {
  const all: readonly Kept[] = readKept(committed) ?? []
  return new Map(all.map((kept) => [canonicalText(kept.config), kept]))
}

/** Replaces the committed results, in the order given. */
export function commitResults(all: readonly Kept[]): void {
  writeWhole(committed, `${pretty(all.map(({ config, result }) => ({ config: sorted(config), result })))}\n`)
}

export const cachedResult = (key: string): RoomResult | undefined => readKept(`${folder}/${key}.json`)

export const cacheResult = (key: string, result: RoomResult): void =>
  writeWhole(`${folder}/${key}.json`, JSON.stringify(result))

/** As the formatter of this repository has it: everything on lines of its own but what is in arrays of numbers. */
function pretty(value: unknown, indent = ''): string {
  const deeper = `${indent}  `
  const lines = (open: string, items: readonly string[], close: string): string =>
    items.length === 0
      ? `${open}${close}`
      : `${open}\n${items.map((item) => deeper + item).join(',\n')}\n${indent}${close}`
  if (Array.isArray(value))
    return value.every((item) => typeof item === 'number')
      ? `[${value.join(', ')}]`
      : lines(
          '[',
          value.map((item) => pretty(item, deeper)),
          ']',
        )
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).map(
    ([key, inner]) => `${JSON.stringify(key)}: ${pretty(inner, deeper)}`,
  )
  return lines('{', fields, '}')
}
