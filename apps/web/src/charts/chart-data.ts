import type { Bucket, Series } from './series.ts'
import { smooth } from './smooth.ts'

export type Axis = 'steps' | 'seconds'

export interface ChartView {
  readonly axis: Axis
  /** Weight of the moving average, 0 to below 1. */
  readonly smoothing: number
}

/** A moment to mark with a vertical thread; an empty label leaves the thread without words. */
export interface Mark {
  readonly label: string
  readonly at: (axis: Axis) => number | undefined
}

/** Rows of x and one or more columns of y, as uPlot takes them; null where a curve has no point at an x. */
export type Columns = readonly [number[], ...(number | null)[][]]

/** The x of every bucket with its smoothed mean, or with all three of mean, min and max for a band. */
function columnsOf(buckets: readonly Bucket[], axis: Axis, weight: number, hasBand: boolean): Columns {
  const x = buckets.map((bucket) => bucket[axis])
  const means = smooth(
    buckets.map(({ mean }) => mean),
    weight,
  )
  return hasBand ? [x, means, buckets.map(({ min }) => min), buckets.map(({ max }) => max)] : [x, means]
}

/** Puts several curves with x values of their own on one common x, sorted and without repeats. */
export function aligned(tables: readonly Columns[]): [number[], ...(number | null)[][]] {
  const x = [...new Set(tables.flatMap(([own]) => own))].sort((a, b) => a - b)
  const rowOf = new Map(x.map((value, row) => [value, row]))
  const columns = tables.flatMap(([own, ...ys]) =>
    ys.map((y) => {
      const column = new Array<number | null>(x.length).fill(null)
      own.forEach((value, i) => {
        column[rowOf.get(value) ?? 0] = y[i] ?? null
      })
      return column
    }),
  )
  return [x, ...columns]
}

export interface Trace {
  readonly label: string
  /** Name of a custom property that holds a colour. */
  readonly colour: string
  readonly series: Series
  readonly isDashed?: boolean
  /** Shades the range between the extremes of each bucket. */
  readonly hasBand?: boolean
}

/** Everything that a chart shows of its traces at this moment. */
export const chartData = (
  traces: readonly Trace[],
  axis: Axis,
  weight: number,
): [number[], ...(number | null)[][]] =>
  aligned(traces.map(({ series, hasBand }) => columnsOf(series.buckets(), axis, weight, hasBand === true)))
