import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RoomConfig, RoomResult } from './room.ts'

/** A run on the test set, as it is committed. */
export interface Kept {
  readonly config: RoomConfig
  readonly result: RoomResult
}

const committed = fileURLToPath(new URL('../../published/results.json', import.meta.url))
const folder = fileURLToPath(new URL('../../../.cache/published', import.meta.url))

/** Configurations are equal when their texts are. */
export const textOf = (config: RoomConfig): string => JSON.stringify(sorted(config))

export function committedResults(): ReadonlyMap<string, Kept> {
  const all: readonly Kept[] = parsed(committed) ?? []
  return new Map(all.map((kept) => [textOf(kept.config), kept]))
}

/** Replaces the committed results, in the order given. */
export function commitResults(all: readonly Kept[]): void {
  writeWhole(committed, `${pretty(all.map(({ config, result }) => ({ config: sorted(config), result })))}\n`)
}

export const cachedResult = (key: string): RoomResult | undefined => parsed(`${folder}/${key}.json`)

export function cacheResult(key: string, result: RoomResult): void {
  mkdirSync(folder, { recursive: true })
  writeWhole(`${folder}/${key}.json`, JSON.stringify(result))
}

/** Undefined for a file that is not there. */
function parsed<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Whole or not at all. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.${process.pid}`, text)
  renameSync(`${file}.${process.pid}`, file)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

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
