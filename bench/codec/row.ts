import type { Row } from '../learning/row.ts'
import { median } from './take-turns.ts'

/** Makes rows of one case; less is better where there is a goal. */
export const rowFor =
  (bench: string, name: string) =>
  (metric: string, value: number, unit: string, atMost?: number): Row => ({
    bench,
    case: name,
    metric,
    value: Number(value.toPrecision(4)),
    unit,
    ...(atMost === undefined ? {} : { goal: atMost, met: value <= atMost }),
  })

/** What repeated runs say: for each row the median of its values. */
export const medianRows = (runs: readonly (readonly Row[])[]): readonly Row[] =>
  (runs[0] ?? []).map((row, i) => {
    const value = median(runs.map((run) => run[i]?.value ?? Number.NaN))
    return { ...row, value, ...(row.goal === undefined ? {} : { met: value <= row.goal }) }
  })

/** One line for each case, one column for each metric. */
export function tableOf(rows: readonly Row[]): string {
  const metrics = [...new Set(rows.map(({ metric }) => metric))]
  const names = [...new Set(rows.map((row) => row.case))]
  const cell = (name: string, metric: string): string => {
    const row = rows.find((candidate) => candidate.case === name && candidate.metric === metric)
    return row === undefined ? '–' : `${row.value}${row.met === false ? ' (!)' : ''}`
  }
  const unitOf = (metric: string): string => rows.find((row) => row.metric === metric)?.unit ?? ''
  return [
    `| | ${metrics.map((metric) => `${metric} (${unitOf(metric)})`).join(' | ')} |`,
    `|---|${metrics.map(() => '---|').join('')}`,
    ...names.map((name) => `| ${name} | ${metrics.map((metric) => cell(name, metric)).join(' | ')} |`),
  ].join('\n')
}
