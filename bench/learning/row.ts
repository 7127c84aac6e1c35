import type { Case } from './case.ts'
import { isMet, targetOf } from './goal.ts'

/** A figure of a benchmark as `--json` prints it. */
export interface Row {
  readonly bench: string
  readonly case: string
  readonly metric: string
  readonly value: number
  readonly unit: string
  readonly goal?: number
  readonly met?: boolean
}

const units: Readonly<Record<string, string>> = {
  'megabytes-up': 'MB',
  'seconds-to-90': 's',
  'seconds-to-95': 's',
  'megabytes-to-95': 'MB',
  'kilobytes-per-step': 'kB',
}

/** What a metric is in another case of the same call. */
export type Lookup = (name: string, metric: string) => number | undefined

/** The rows of one case; metrics without a finite value are left out. */
export const rowsOf = (
  bench: string,
  { name, goals = {} }: Pick<Case, 'name' | 'goals'>,
  metrics: Readonly<Record<string, number>>,
  lookup: Lookup = () => undefined,
): readonly Row[] =>
  Object.entries(metrics)
    .filter(([, value]) => Number.isFinite(value))
    .map(([metric, value]) => {
      const goal = goals[metric]
      const target = goal === undefined ? undefined : targetOf(goal, (other) => lookup(other, metric))
      const promise = target === undefined ? {} : { goal: target.value, met: isMet(value, target) }
      return {
        bench,
        case: name,
        metric,
        value: Number(value.toPrecision(6)),
        unit: units[metric] ?? '',
        ...promise,
      }
    })

/** What falls short, one line each. */
export const gapsOf = (rows: readonly Row[]): readonly string[] =>
  rows
    .filter(({ met }) => met === false)
    .map(
      ({ case: name, metric, value, goal = Number.NaN }) =>
        `${name} ${metric}: ${value} where ${goal} is the goal (gap ${Number(Math.abs(goal - value).toPrecision(3))})`,
    )
