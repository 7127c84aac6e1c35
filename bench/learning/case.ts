import { createHash } from 'node:crypto'
import type { Report, Scenario } from '@gossamer/core/sim'
import type { Goal } from './goal.ts'

/** One line of a benchmark: a scenario, run once for each seed. */
export interface Case {
  /** As rows name it, e.g. `swap/standard/8/skew-0.9`. */
  readonly name: string
  readonly scenario: Scenario
  readonly seeds: readonly number[]
  /** Peers that the figures leave out: what a straggler does to the others is asked of the others. */
  readonly aside?: readonly string[]
  /** What the project promises, by metric. */
  readonly goals?: Readonly<Record<string, Goal>>
}

/** Which examples a run trains on and is judged by. */
export type Examined =
  /** All training examples, and the test set: for what is reported. */
  | 'test'
  /** All but the last 10,000 training examples, judged by those: for choices. */
  | 'validation'

/** One simulation. */
export interface Run {
  readonly scenario: Scenario
  readonly examined: Examined
}

/** Equal runs of equal code have equal keys. */
export const keyOf = (run: Run, codeVersion: string): string =>
  createHash('sha256')
    .update(JSON.stringify([codeVersion, run.examined, sorted(run.scenario)]))
    .digest('hex')
    .slice(0, 32)

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

/** What workers are asked and answer. */
export type Question = Run
export type Answer =
  | { readonly ok: true; readonly report: Report }
  | { readonly ok: false; readonly reason: string }
