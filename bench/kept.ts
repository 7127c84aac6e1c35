import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Equal values have equal texts, in whatever order their fields were written. */
export const canonicalText = (value: unknown): string => JSON.stringify(sorted(value))

/** A name for the file of a result: equal for equal values. */
export const keyOf = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(canonicalText(parts)).digest('hex').slice(0, 32)

/** The same value with its fields in the order of their names. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

/** NaN is null in JSON. */
const notANumber = (_: string, value: unknown): unknown => (value === null ? Number.NaN : value)

/** What a JSON file holds, undefined for one that is not there. Throws for one that is damaged. */
export function readKept<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'), notANumber)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Whole or not at all. */
export function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.${process.pid}`, text)
  renameSync(`${file}.${process.pid}`, file)
}
