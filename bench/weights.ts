import { parseArgs } from 'node:util'
import { chromiumFlags, requireChromium } from '@gossamer/tools/chromium'
import { chromium } from 'playwright-core'
import { medianRows, tableOf } from './codec/row.ts'
import { writeSection } from './learning/document.ts'
import { gapsOf, type Row } from './learning/row.ts'
import { buildPage, pageUrl } from './training/serve-page.ts'
import { cases } from './weights/cases.ts'
import { weightsRows } from './weights/weights-rows.ts'

/**
 * The way of weights from a device to the wire and back, in one page of a headless Chromium: snapshot, encoding,
 * decoding, merging and writing back, beside copying as many floats in the same run.
 */

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    case: { type: 'string', multiple: true },
    repeats: { type: 'string', default: '1' },
  },
})
const repeats = Math.max(1, Number(options.repeats))
const names = options.case ?? cases.map(({ name }) => name)
for (const name of names)
  if (!cases.some((one) => one.name === name))
    throw new RangeError(`--case is ${name}, allowed are ${cases.map((one) => one.name).join(', ')}`)

async function measured(name: string): Promise<{ adapter: string; rows: readonly Row[] }> {
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await serve(page)
  await page.goto(pageUrl)
  await page.waitForFunction(() => window.measureWeights !== undefined)
  const result = await page.evaluate(async (name) => window.measureWeights?.(name), name)
  await page.close()
  if (errors.length > 0) throw new Error(`${name}: ${errors.join('; ')}`)
  if (result === undefined) throw new Error('the page has no benchmark')
  return { adapter: result.device.adapter, rows: weightsRows(name, result) }
}

const serve = await buildPage('weights', true)
const browser = await chromium.launch({ executablePath: requireChromium(), args: [...chromiumFlags] })
try {
  const rows: Row[] = []
  let adapter = ''
  for (const name of names) {
    const runs: (readonly Row[])[] = []
    while (runs.length < repeats) {
      const result = await measured(name)
      adapter = result.adapter
      runs.push(result.rows)
    }
    const medians = medianRows(runs)
    rows.push(...medians)
    if (options.json) for (const row of medians) console.log(JSON.stringify(row))
  }
  if (!options.json) {
    const timesAndRatios = rows.filter(({ unit }) => unit !== 'GB/s')
    const rates = rows.filter(({ unit }) => unit === 'GB/s')
    const text = [
      `Chromium ${browser.version()}; the device is ${adapter}; medians of ${repeats} runs.`,
      tableOf(timesAndRatios),
      tableOf(rates),
      ...gapsOf(rows).map((gap) => `Not reached: ${gap}.`),
    ].join('\n\n')
    console.log(text)
    if (options.write) writeSection('weights', text)
  }
} finally {
  await browser.close()
}
