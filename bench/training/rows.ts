import { rowFor, tableOf } from '../codec/row.ts'
import { median } from '../codec/take-turns.ts'
import { gapsOf, type Row } from '../learning/row.ts'
import type { Prepared, Side, Turn } from './measured.ts'

export interface TimedTurn extends Turn {
  /** Processor time of the page's thread for each step, by the browser's count, without what asking takes. */
  readonly jsMs: number
}

export type Turns = Readonly<Record<Side, readonly TimedTurn[]>>

const speedups: Readonly<Record<string, number>> = {
  'mlp/webgpu': 9,
  'cnn/webgpu': 15,
  'mlp/wasm': 3,
  'cnn/wasm': 60,
}

const dispatches: Readonly<Record<string, number>> = { 'mlp/webgpu': 8, 'cnn/webgpu': 20 }

const shares: Readonly<Record<string, number>> = { 'mlp/wasm': 0.3, 'cnn/wasm': 0.3 }

/** Of the preset for text: 16 windows of 64. */
const tokensPerStep = 1_024

/** The figures of one case, of medians over its turns. */
export function rowsOf(name: string, turns: Turns, { sides, flops }: Prepared): readonly Row[] {
  const row = rowFor('training', name)
  const atLeast = (metric: string, value: number, goal?: number): Row => ({
    ...row(metric, value, metric === 'share-of-peak' ? '' : 'x'),
    ...(goal === undefined ? {} : { goal, met: value >= goal }),
  })
  const of = (side: Side, metric: keyof TimedTurn): number => median(turns[side].map((turn) => turn[metric]))
  const isGpu = name.endsWith('/webgpu')
  const ms = of('ours', 'stepMs')
  const stockMs = of('stock', 'stepMs')
  const rates = { ours: flops.ours / ms / 1e6, peak: flops.peak / of('peak', 'stepMs') / 1e6 }
  const rows = [
    row('ms-per-step', ms, 'ms'),
    row('stock-ms-per-step', stockMs, 'ms'),
    atLeast('speedup-vs-stock', stockMs / ms, speedups[name]),
  ]
  if (sides.includes('kernels')) {
    const kernelsMs = of('kernels', 'stepMs')
    rows.push(
      row('kernels-ms-per-step', kernelsMs, 'ms'),
      atLeast('kernels-speedup-vs-stock', stockMs / kernelsMs),
    )
  }
  if (sides.includes('jax')) {
    const jaxMs = of('jax', 'stepMs')
    rows.push(row('jax-ms-per-step', jaxMs, 'ms'), atLeast('speedup-vs-jax', jaxMs / ms, isGpu ? 2 : 1))
  }
  rows.push(
    row('rate', rates.ours, 'GFLOP/s'),
    row('peak-rate', rates.peak, 'GFLOP/s'),
    atLeast('share-of-peak', rates.ours / rates.peak, shares[name]),
  )
  if (name.startsWith('transformer/')) rows.push(row('tokens-per-second', (1_000 * tokensPerStep) / ms, '/s'))
  if (!isGpu) return rows
  rows.push(
    row('dispatches-per-step', of('ours', 'dispatches'), '', dispatches[name]),
    row('submits-per-step', of('ours', 'submits'), '', 1 / 8),
    row('js-ms-per-step', of('ours', 'jsMs'), 'ms', 0.1),
    row('bytes-read-per-step', of('ours', 'bytesRead'), 'B'),
  )
  for (const side of ['stock', 'kernels', 'jax'] as const)
    if (sides.includes(side))
      rows.push(
        row(`${side}-dispatches-per-step`, of(side, 'dispatches'), ''),
        row(`${side}-submits-per-step`, of(side, 'submits'), ''),
        row(`${side}-js-ms-per-step`, of(side, 'jsMs'), 'ms'),
        row(`${side}-bytes-read-per-step`, of(side, 'bytesRead'), 'B'),
      )
  return rows
}

const isCount = ({ metric }: Row): boolean => /(dispatches|submits|js-ms|bytes-read)-per-step$/.test(metric)

/** Times of all cases, then what WebGPU was asked to do, then what falls short. */
export function sectionOf(rows: readonly Row[]): string {
  const counts = rows.filter(isCount)
  const gaps = gapsOf(rows)
  return [
    tableOf(rows.filter((row) => !isCount(row))),
    ...(counts.length === 0 ? [] : [countsTable(counts)]),
    gaps.length === 0
      ? 'Every figure that the project promises here is reached.'
      : ['Not reached:', '', ...gaps.map((gap) => `- ${gap}`)].join('\n'),
  ]
    .join('\n\n')
    .replaceAll(' ()', '')
}

/** One line for each side of each case. */
function countsTable(rows: readonly Row[]): string {
  const sideOf = ({ metric }: Row): string => /^(stock|kernels|jax)-/.exec(metric)?.[1] ?? 'ours'
  return tableOf(
    rows.map((row) => ({
      ...row,
      case: `${row.case}, ${sideOf(row)}`,
      metric: row.metric.replace(/^(stock|kernels|jax)-/, ''),
    })),
  )
}
