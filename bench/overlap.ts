import { parseArgs } from 'node:util'
import { chromiumFlags, requireChromium } from '@gossamer/tools/chromium'
import { type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core'
import { tableOf } from './codec/row.ts'
import { median } from './codec/take-turns.ts'
import { writeSection } from './learning/document.ts'
import { gapsOf, type Row } from './learning/row.ts'
import type { Company, Exchanged, Merging } from './overlap/measured.ts'
import { busiest, workerTimes } from './overlap/thread-time.ts'
import { buildPage, pageUrl } from './training/serve-page.ts'

/**
 * What gossip takes from training. `mlp` and `cnn`: a tab among eight neighbours against the same tab alone, at the
 * default recipe, on the backend that it chooses. `mlp/wasm` and the like: a trainer alone, with a snapshot and a merge
 * now and then against without. `10M/...`: how long a merge of ten million parameters holds up training.
 *
 * The neighbours live in one tab and take no real steps, or they would train on the same cores: they ask, answer and
 * merge as the recipe says, at the speed of the trainee. They do so in the turns without gossip, too, with a session of
 * the trainee that only answers in a thread of its own: where cores are few, what is not the trainee's weighs the same
 * in both turns. The machine must have nothing else to do; `thread-time-off-vs-on` is the same ratio in processor time of
 * the thread that trains (Linux), which hardly minds.
 */

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    case: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '2' },
  },
})

const rounds = Number(options.rounds)
const seconds = Number(options.seconds)
const cases = options.case ?? [
  'mlp',
  'cnn',
  ...['mlp/wasm', 'cnn/wasm', 'mlp/webgpu', 'cnn/webgpu'],
  ...['10M/wasm', '10M/webgpu'],
]
const neighbours = 8

interface Figure {
  readonly metric: string
  readonly value: number
  readonly unit: string
  readonly goal?: { readonly most: number } | { readonly least: number }
}

/** Turns that follow one another meet the same weather: the middle of their ratios scatters less than the ratio of the middles. */
const medianRatio = (values: readonly number[], others: readonly number[]): number =>
  median(values.map((value, i) => value / (others[i] ?? Number.NaN)))

async function open(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => console.error(error.message))
  await serve(page)
  await page.goto(pageUrl)
  await page.waitForFunction(() => window.overlap !== undefined)
  return page
}

/** A trainer alone, in rounds of all three ways in turns. */
async function merging(page: Page, isOnThread: boolean): Promise<readonly Figure[]> {
  const client = await page.context().newCDPSession(page)
  await client.send('Performance.enable')
  const run = async (way: Merging, steps: number): Promise<number> => {
    const startMs = await threadMs(client)
    const speed = await page.evaluate(([way, steps]) => window.overlap?.run(way, steps) ?? Number.NaN, [
      way,
      steps,
    ] as const)
    // Where the page's own thread does all the work, its processor time is exact however busy the machine is.
    return isOnThread ? (1_000 * steps) / ((await threadMs(client)) - startMs) : speed
  }
  const speeds: Record<Merging, number[]> = { off: [], 'every-10': [], 'off-1': [], 'every-1': [] }
  // As many steps as take a twelfth of a second, at least ten: turns so short that all ways meet the same weather.
  const steps = 10 * Math.max(1, Math.round((await run('off', 10)) / 120))
  for (let round = 0; round <= 4 * rounds; round++)
    for (const way of ['off', 'every-10', 'off-1', 'every-1'] as const) {
      const speed = await run(way, steps)
      // The first round warms up.
      if (round > 0) speeds[way].push(speed)
    }
  return [
    { metric: 'steps-per-second', value: median(speeds.off), unit: '/s' },
    ...(
      [
        ['every-10', 0.99],
        ['every-1', 0.9],
      ] as const
    ).map(([way, least]) => ({
      metric: `${way}-vs-off`,
      value: medianRatio(speeds[way], speeds.off),
      unit: '',
      goal: { least },
    })),
    { metric: 'every-1-vs-off-1', value: medianRatio(speeds['every-1'], speeds['off-1']), unit: '' },
  ]
}

/** Processor time of the page's thread so far, in ms. */
async function threadMs(client: CDPSession): Promise<number> {
  const { metrics } = await client.send('Performance.getMetrics')
  return 1_000 * (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN)
}

/** How long training waits for a merge. */
async function pauses(page: Page): Promise<readonly Figure[]> {
  const [, ...times] = await page.evaluate((merges) => window.overlap?.pauses(merges) ?? [], 1 + rounds)
  return [
    { metric: 'merge-pause', value: median(times), unit: 'ms' },
    { metric: 'longest-merge-pause', value: Math.max(...times), unit: 'ms', goal: { most: 50 } },
  ]
}

async function alone(context: BrowserContext, name: string): Promise<readonly Figure[]> {
  const [model = '', backend] = name.split('/')
  if (backend !== 'webgpu' && backend !== 'wasm') throw new RangeError(`there is no case ${name}`)
  const page = await open(context)
  const adapter = await page.evaluate(([model, backend]) => window.overlap?.prepare(model, backend), [
    model,
    backend,
  ] as const)
  if (!options.json) console.log(`${name} on ${adapter}`)
  const rows = model === '10M' ? await pauses(page) : await merging(page, backend === 'wasm')
  await page.close()
  return rows
}

interface Turn extends Exchanged {
  /** Processor time of the thread that trains, for each step. */
  readonly threadMs: number
}

/** A tab among neighbours, in turns with the same tab alone while they rest. */
async function exchanging(context: BrowserContext, model: string): Promise<readonly Figure[]> {
  const roomKey = `overlap-${process.pid}`
  const [trainee, others] = [await open(context), await open(context)]
  const adapter = await trainee.evaluate(([model, key]) => window.overlap?.trainee(model, key), [
    model,
    roomKey,
  ] as const)
  const measure = async (company: Company, ms: number): Promise<Turn> => {
    const before = await workerTimes(browser)
    const taken = await trainee.evaluate(([company, ms]) => window.overlap?.measure(company, ms), [
      company,
      ms,
    ] as const)
    if (taken === undefined) throw new Error('the page has no benchmark')
    return { ...taken, threadMs: busiest(before, await workerTimes(browser)) / taken.steps }
  }
  const { samplesPerSecond } = await measure('off', 2_000)
  await others.evaluate(
    ([model, key, count, stepMs]) => window.overlap?.neighbours(model, key, count, stepMs),
    [model, roomKey, neighbours, (1_000 * 32) / samplesPerSecond] as const,
  )
  await trainee.evaluate((count) => window.overlap?.meet(count), neighbours)
  await others.evaluate(() => window.overlap?.startNeighbours())
  if (!options.json) console.log(`${model} on ${adapter}`)
  const taken: Record<Company, Turn[]> = { off: [], on: [] }
  for (let round = 0; round <= rounds; round++)
    for (const company of ['off', 'on'] as const) {
      const exchanged = await measure(company, 1_000 * seconds)
      if (round > 0) taken[company].push(exchanged)
    }
  await trainee.close()
  await others.close()
  const all = (company: Company, value: (turn: Turn) => number): readonly number[] =>
    taken[company].map(value)
  const speeds = (company: Company) => all(company, (turn) => turn.samplesPerSecond)
  const threadTimes = (company: Company) => all(company, (turn) => turn.threadMs)
  if (!options.json) console.log(JSON.stringify(taken.on.at(-1)))
  return [
    { metric: 'samples-per-second', value: median(speeds('off')), unit: '/s' },
    { metric: 'every-steps', value: median(all('on', (turn) => turn.everySteps)), unit: '' },
    { metric: 'judged-per-second', value: median(all('on', (turn) => turn.judged)) / seconds, unit: '/s' },
    { metric: 'thread-time-off-vs-on', value: medianRatio(threadTimes('off'), threadTimes('on')), unit: '' },
    {
      metric: 'gossip-on-vs-off',
      value: medianRatio(speeds('on'), speeds('off')),
      unit: '',
      goal: { least: 0.97 },
    },
  ]
}

function rowOf(name: string, { metric, value, unit, goal }: Figure): Row {
  const promise =
    goal === undefined
      ? {}
      : 'most' in goal
        ? { goal: goal.most, met: value <= goal.most }
        : { goal: goal.least, met: value >= goal.least }
  return { bench: 'overlap', case: name, metric, value: Number(value.toPrecision(4)), unit, ...promise }
}

function print({ case: name, metric, value, unit, goal, met }: Row): void {
  console.log(
    `${name.padEnd(12)} ${metric.padEnd(22)} ${String(value).padStart(9)} ${unit.padEnd(3)}`,
    goal === undefined ? '' : `goal ${goal}: ${met ? 'met' : 'missed'}`,
  )
}

/** A table for each way of measuring, then what falls short. */
function sectionOf(rows: readonly Row[], browser: string): string {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = row.case.includes('/') ? (row.case.startsWith('10M') ? 'pauses' : 'alone') : 'exchanging'
    groups.set(group, [...(groups.get(group) ?? []), row])
  }
  const gaps = gapsOf(rows)
  return [
    `Chromium ${browser}; ${rounds} rounds, of ${seconds} s where peers exchange.`,
    ...[...groups.values()].map(tableOf),
    gaps.length === 0
      ? 'Every figure that the project promises here is reached.'
      : ['Not reached:', '', ...gaps.map((gap) => `- ${gap}`)].join('\n'),
  ]
    .join('\n\n')
    .replaceAll(' ()', '')
}

const serve = await buildPage('overlap')
const browser = await chromium.launch({ executablePath: requireChromium(), args: [...chromiumFlags] })
const rows: Row[] = []
try {
  for (const name of cases) {
    const context = await browser.newContext()
    const figures = name.includes('/') ? await alone(context, name) : await exchanging(context, name)
    const own = figures.map((figure) => rowOf(name, figure))
    for (const row of own) options.json ? console.log(JSON.stringify(row)) : print(row)
    rows.push(...own)
    await context.close()
  }
  if (options.write) writeSection('overlap', sectionOf(rows, browser.version()))
} finally {
  await browser.close()
}
