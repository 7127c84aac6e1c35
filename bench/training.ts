import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { chromiumFlags, requireChromium } from '@gossamer/tools/chromium'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { median } from './codec/take-turns.ts'
import { writeSection } from './learning/document.ts'
import type { Row } from './learning/row.ts'
import type { Prepared, Side } from './training/measured.ts'
import { rowsOf, sectionOf, type TimedTurn } from './training/rows.ts'
import { buildPage, pageUrl } from './training/serve-page.ts'

/**
 * A training step of tfjs's own `trainOnBatch` (of a transformer, for which tfjs has no layers, of a loop over its
 * operations), as it comes and with our kernels for WebGPU, and one of jax-js against ours, on each backend, beside a
 * product of matrices: medians of rounds in turns in one page of a headless Chromium.
 */

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    case: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '7' },
  },
})

const rounds = Number(options.rounds)
const models = ['mlp', 'cnn', 'flwr-cnn', 'transformer']
const known = ['webgpu', 'wasm'].flatMap((backend) => models.map((model) => `${model}/${backend}`))
const cases = options.case ?? known
for (const name of cases)
  if (!known.includes(name)) throw new RangeError(`--case is ${name}, allowed are ${known.join(', ')}`)

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
  await page.evaluate(async (side) => window.bench?.enter(side), side)
  const emptyMs = await askingMs(page, client)
  const startMs = await threadMs(client)
  const taken = await page.evaluate(async () => window.bench?.turn())
  if (taken === undefined) throw new Error('the page has no benchmark')
  return { ...taken, jsMs: ((await threadMs(client)) - startMs - emptyMs) / taken.steps }
}

interface Measured {
  readonly prepared: Prepared
  readonly rows: readonly Row[]
}

async function measured(browser: Browser, name: string): Promise<Measured> {
  const [model = '', backend = ''] = name.split('/')
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await serve(page)
  await page.goto(pageUrl)
  await page.waitForFunction(() => window.bench !== undefined)
  const client = await page.context().newCDPSession(page)
  await client.send('Performance.enable')
  const prepared = await page.evaluate(async ([model, backend]) => window.bench?.prepare(model, backend), [
    model,
    backend,
  ] as const)
  if (prepared === undefined) throw new Error('the page has no benchmark')
  const turns: Record<Side, TimedTurn[]> = { stock: [], kernels: [], ours: [], jax: [], peak: [] }
  for (let round = 0; round <= rounds; round++)
    for (const side of prepared.sides) {
      const taken = await turn(page, client, side)
      // The first round warms up.
      if (round > 0) turns[side].push(taken)
    }
  await page.close()
  if (errors.length > 0) throw new Error(`${name}: ${errors.join('; ')}`)
  return { prepared, rows: rowsOf(name, turns, prepared) }
}

function print({ case: name, metric, value, unit, goal, met }: Row): void {
  const promise = goal === undefined ? '' : `goal ${goal}: ${met ? 'met' : 'missed'}`
  console.log(
    `${name.padEnd(18)} ${metric.padEnd(26)} ${String(value).padStart(9)} ${unit.padEnd(7)}`,
    promise,
  )
}

const serve = await buildPage()
const browser = await chromium.launch({ executablePath: requireChromium(), args: [...chromiumFlags] })
try {
  const rows: Row[] = []
  const adapters = new Map<string, string>()
  const peaks = new Map<string, string>()
  for (const name of cases) {
    const { prepared, rows: found } = await measured(browser, name)
    const [, backend = ''] = name.split('/')
    adapters.set(backend, prepared.adapter)
    peaks.set(backend, prepared.peak)
    if (!options.json) console.log(`${name} on ${prepared.adapter}; the peak is ${prepared.peak}`)
    for (const row of found)
      if (options.json) console.log(JSON.stringify(row))
      else print(row)
    rows.push(...found)
    // After each case: who interrupts the rest keeps what is done.
    if (options.write) {
      const list = (names: ReadonlyMap<string, string>): string =>
        [...names].map(([backend, one]) => `${backend}: ${one}`).join('; ')
      const machine = `Chromium ${browser.version()}, ${cpus().length} cores of ${cpus()[0]?.model ?? 'unknown make'}; medians of ${rounds} rounds.`
      const where = `Devices: ${list(adapters)}. Peaks: ${list(peaks)}.`
      writeSection('training', [`${machine} ${where}`, sectionOf(rows)].join('\n\n'))
    }
  }
} finally {
  await browser.close()
}
