import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { chromiumFlags, requireChromium } from '@gossamer/tools/chromium'
import { chromium } from 'playwright-core'
import { tableOf } from './codec/row.ts'
import { median } from './codec/take-turns.ts'
import { writeSection } from './learning/document.ts'
import type { Row } from './learning/row.ts'
import type {} from './threads/measured.ts'
import { servePage } from './training/serve-page.ts'

/**
 * A training step on wasm that several threads share, against the same on one, in turns in one worker of a cross-origin
 * isolated page of a headless Chromium.
 */

const models = ['mlp', 'cnn', 'flwr-cnn', 'transformer']
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    case: { type: 'string', multiple: true },
    threads: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '9' },
  },
})
const cores = cpus().length
const rounds = Number(options.rounds)
const counts = (options.threads ?? ['2', '4', '8']).map(Number).filter((count) => count <= cores)
const names = options.case ?? models
for (const name of names)
  if (!models.includes(name)) throw new RangeError(`--case is ${name}, allowed are ${models.join(', ')}`)

const served = await servePage('threads')
const browser = await chromium.launch({ executablePath: requireChromium(), args: [...chromiumFlags] })
try {
  const rows: Row[] = []
  for (const name of names)
    for (const threads of counts) {
      const page = await browser.newPage()
      await page.goto(served.url)
      await page.waitForFunction(() => window.measureThreads !== undefined)
      const result = await page.evaluate(
        ([name, threads, rounds]) => window.measureThreads?.(name, threads, rounds),
        [name, threads, rounds] as const,
      )
      await page.close()
      if (result === undefined) throw new Error('the page has no benchmark')
      const { alone, shared } = result
      const figures = {
        'one-thread-ms-per-step': [median(alone), 'ms'],
        'ms-per-step': [median(shared), 'ms'],
        'speedup-vs-one-thread': [median(alone.map((ms, i) => ms / (shared[i] ?? Number.NaN))), 'x'],
      } as const
      const measured = Object.entries(figures).map(
        ([metric, [value, unit]]): Row => ({
          bench: 'threads',
          case: `${name}/${threads}`,
          metric,
          value: Number(value.toPrecision(4)),
          unit,
        }),
      )
      rows.push(...measured)
      if (options.json) for (const row of measured) console.log(JSON.stringify(row))
    }
  if (!options.json) {
    const text = [
      `Chromium ${browser.version()}, ${cores} cores of ${cpus()[0]?.model ?? 'an unknown kind'}; medians of ${rounds} rounds.`,
      tableOf(rows),
    ].join('\n\n')
    console.log(text)
    if (options.write) writeSection('threads', text)
  }
} finally {
  await browser.close()
  served.close()
}
