import { parseArgs } from 'node:util'
import { chromiumFlags, requireChromium } from '@gossamer/tools/chromium'
import { type CDPSession, chromium, type Page } from 'playwright-core'
import type { Side, Turn } from './training/measured.ts'
import { buildPage, pageUrl } from './training/serve-page.ts'

/**
 * A training step of tfjs's own `trainOnBatch` (of a transformer, for which tfjs has no layers, of a loop over its
 * operations) against ours, on each backend: median of rounds in turns in one page of a headless Chromium.
 */

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    case: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '7' },
  },
})

const rounds = Number(options.rounds)
const cases = options.case ?? [
  'mlp/webgpu',
  'cnn/webgpu',
  'transformer/webgpu',
  'mlp/wasm',
  'cnn/wasm',
  'transformer/wasm',
]

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

const dispatches: Readonly<Record<string, number>> = { 'mlp/webgpu': 8, 'cnn/webgpu': 20 }

/** Of the preset for text: 16 windows of 64. */
const tokensPerStep = 1_024

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** The median of what turns say of a step. */
const summary = (turns: readonly TimedTurn[]): Omit<TimedTurn, 'steps'> => ({
  stepMs: median(turns.map(({ stepMs }) => stepMs)),
  jsMs: median(turns.map(({ jsMs }) => jsMs)),
  dispatches: median(turns.map(({ dispatches }) => dispatches)),
  submits: median(turns.map(({ submits }) => submits)),
  bytesRead: median(turns.map(({ bytesRead }) => bytesRead)),
})

interface TimedTurn extends Turn {
  /** Processor time of the page's thread for each step, by the browser's count, without what asking takes. */
  readonly jsMs: number
}

async function threadMs(client: CDPSession): Promise<number> {
  const { metrics } = await client.send('Performance.getMetrics')
  return 1_000 * (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN)
}

/** What asking the page for nothing takes of its thread. */
async function askingMs(page: Page, client: CDPSession): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < 15; i++) {
    const startMs = await threadMs(client)
    await page.evaluate(async () => undefined)
    times.push((await threadMs(client)) - startMs)
  }
  return median(times)
}

async function turn(page: Page, client: CDPSession, side: Side): Promise<TimedTurn> {
  const emptyMs = await askingMs(page, client)
  const startMs = await threadMs(client)
  const taken = await page.evaluate(async (side) => window.bench?.turn(side), side)
  if (taken === undefined) throw new Error('the page has no benchmark')
  return { ...taken, jsMs: ((await threadMs(client)) - startMs - emptyMs) / taken.steps }
}

function rowsOf(name: string, turns: Readonly<Record<Side, readonly TimedTurn[]>>): readonly Row[] {
  const [stock, ours] = [summary(turns.stock), summary(turns.ours)]
  const ms = ours.stepMs
  const stockMs = stock.stepMs
  const least = speedups[name]
  const most = dispatches[name]
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
  if (name.startsWith('transformer/'))
    rows.push({ metric: 'tokens-per-second', value: (1_000 * tokensPerStep) / ms, unit: '/s' })
  if (!name.endsWith('/webgpu')) return rows
  return [
    ...rows,
    {
      metric: 'dispatches-per-step',
      value: ours.dispatches,
      unit: '',
      ...(most === undefined ? {} : { goal: { most } }),
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
    await page.waitForFunction(() => window.bench !== undefined)
    const client = await page.context().newCDPSession(page)
    await client.send('Performance.enable')
    const adapter = await page.evaluate(async ([model, backend]) => window.bench?.prepare(model, backend), [
      model,
      backend,
    ] as const)
    if (!options.json) console.log(`${name} on ${adapter}`)
    const turns: Record<Side, TimedTurn[]> = { stock: [], ours: [] }
    for (let round = 0; round <= rounds; round++)
      for (const side of ['stock', 'ours'] as const) {
        const taken = await turn(page, client, side)
        // The first round warms up.
        if (round > 0) turns[side].push(taken)
      }
    if (errors.length > 0) throw new Error(`${name}: ${errors.join('; ')}`)
    for (const row of rowsOf(name, turns)) print(name, row)
    await page.close()
  }
} finally {
  await browser.close()
}
