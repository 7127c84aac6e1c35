import { type Row, rowsOf } from '../learning/row.ts'
import { type Case, mostMegabytes } from './cases.ts'
import type { RoomResult } from './room.ts'

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Over seeds, of at least two. */
function deviation(values: readonly number[]): number {
  const middle = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))
}

/** What arXiv 2310.15329 reports for a case; undefined for ours. */
export function publishedAccuracy({ strategy, column }: Case): number | undefined {
  if (strategy === 'round-average') return column.synchronous
  return strategy === 'latest-average' ? column.asynchronous : undefined
}

/** The figures of a case over its seeds, each the mean of its peers' models. */
export function rowsOfCase(one: Case, results: readonly RoomResult[]): readonly Row[] {
  if (results.length === 0) return []
  const accuracies = results.map(({ served }) => mean(served))
  const published = publishedAccuracy(one)
  const goals =
    one.strategy === 'swap'
      ? { accuracy: { atLeast: one.column.goal }, 'megabytes-up': { atMost: mostMegabytes } }
      : {}
  return rowsOf(
    'published',
    { name: one.name, goals },
    {
      accuracy: mean(accuracies),
      'accuracy-std': accuracies.length > 1 ? deviation(accuracies) : 0,
      'megabytes-up': mean(results.map(({ megabytesUp }) => megabytesUp)),
      seeds: results.length,
      ...(published === undefined ? {} : { 'accuracy-minus-published': mean(accuracies) - published }),
    },
  )
}
