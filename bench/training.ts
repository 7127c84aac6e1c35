import { parseArgs } from 'node:util'
import { chromiumFlags, requireChromium } from '@gossamer/tools/chromium'
import { chromium } from 'playwright-core'
import type { Measured } from './training/measured.ts'
import { buildPage, pageUrl } from './training/serve-page.ts'

/**
 * A training step of tfjs's own `trainOnBatch` against ours, on each backend: median of rounds in turns in one
 * page of a headless Chromium.
 */

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    case: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '7' },
  },
})

const cases = options.case ?? ['mlp/webgpu', 'cnn/webgpu', 'mlp/wasm', 'cnn/wasm']

interface Row {
  readonly metric: string
  readonly value: number
  readonly unit: string
  /** What the project promises, and whether more or less of it is better. */
  readonly goal?: { readonly most: number } | { readonly least: number }
}

const speedups: Readonly<Record<string, number>> = {
  'mlp/webgpu': 9,
  'cnn/webgpu': 15,
  'mlp/wasm': 3,
  'cnn/wasm': 60,
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

function rowsOf(name: string, { stock, ours }: Measured): readonly Row[] {
  const ms = median(ours.stepMs)
  const stockMs = median(stock.stepMs)
  const least = speedups[name]
  const rows: Row[] = [
    { metric: 'ms-per-step', value: ms, unit: 'ms' },
    { metric: 'stock-ms-per-step', value: stockMs, unit: 'ms' },
    {
      metric: 'speedup-vs-stock',
      value: stockMs / ms,
      unit: 'x',
      ...(least === undefined ? {} : { goal: { least } }),
    },
  ]
  if (!name.endsWith('/webgpu')) return rows
  return [
    ...rows,
    {
      metric: 'dispatches-per-step',
      value: ours.dispatches,
      unit: '',
      goal: { most: name.startsWith('mlp') ? 8 : 20 },
    },
    { metric: 'submits-per-step', value: ours.submits, unit: '', goal: { most: 1 / 8 } },
    { metric: 'js-ms-per-step', value: ours.jsMs, unit: 'ms', goal: { most: 0.1 } },
    { metric: 'bytes-read-per-step', value: ours.bytesRead, unit: 'B' },
    { metric: 'stock-dispatches-per-step', value: stock.dispatches, unit: '' },
    { metric: 'stock-submits-per-step', value: stock.submits, unit: '' },
    { metric: 'stock-js-ms-per-step', value: stock.jsMs, unit: 'ms' },
  ]
}

function print(name: string, { metric, value, unit, goal }: Row): void {
  const promise =
    goal === undefined
      ? {}
      : 'most' in goal
        ? { goal: goal.most, met: value <= goal.most }
        : { goal: goal.least, met: value >= goal.least }
  const row = { bench: 'training', case: name, metric, value: Number(value.toPrecision(4)), unit, ...promise }
  if (options.json) console.log(JSON.stringify(row))
  else
    console.log(
      `${name.padEnd(12)} ${metric.padEnd(26)} ${String(row.value).padStart(9)} ${unit.padEnd(3)}`,
      goal === undefined ? '' : `goal ${promise.goal}: ${promise.met ? 'met' : 'missed'}`,
    )
}

const serve = await buildPage()
const browser = await chromium.launch({ executablePath: requireChromium(), args: [...chromiumFlags] })
try {
  for (const name of cases) {
    const [model = '', backend = ''] = name.split('/')
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await serve(page)
    await page.goto(pageUrl)
    await page.waitForFunction(() => window.measure !== undefined)
    const measured = await page.evaluate(
      async ({ model, backend, rounds }) => window.measure?.(model, backend, rounds),
      { model, backend, rounds: Number(options.rounds) },
    )
    if (measured === undefined || errors.length > 0) throw new Error(`${name}: ${errors.join('; ')}`)
    if (!options.json) console.log(`${name} on ${measured.adapter}`)
    for (const row of rowsOf(name, measured)) print(name, row)
    await page.close()
  }
} finally {
  await browser.close()
}
