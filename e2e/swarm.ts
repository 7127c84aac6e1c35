import { parseArgs } from 'node:util'
import { openStage } from './stage.ts'
import { drawTable, rowsOf, type SwarmRow, splitClasses, tableRow } from './swarm-report.ts'
import type { Tab } from './tab.ts'

const usage = `usage: npm run swarm -- [--tabs 4] [--seconds 60] [--backend auto|webgpu|webgl|wasm|cpu]
       [--classes split|0-4] [--samples 2000] [--task mnist] [--json]
Opens that many headless Chromium tabs in one room of a locally started app and trains.
--classes split gives every tab other digits; without it the room deals them out.
--json prints the rows of the final table, one JSON object a line, and nothing else.
The exit code is 0 only if every tab trained and merged.`

const { values } = parseArgs({
  options: {
    tabs: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '60' },
    backend: { type: 'string', default: 'auto' },
    classes: { type: 'string' },
    samples: { type: 'string', default: '2000' },
    task: { type: 'string', default: 'mnist' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

function wholeNumber(name: 'tabs' | 'seconds' | 'samples', most: number): number {
  const value = Number(values[name])
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  console.error(`--${name} must be a whole number from 1 to ${most}, not "${values[name]}".\n${usage}`)
  process.exit(2)
}

async function main(): Promise<void> {
  const count = wholeNumber('tabs', 64)
  const seconds = wholeNumber('seconds', 86_400)
  const samples = wholeNumber('samples', 60_000)
  const stage = await openStage()
  try {
    const key = `swarm-${process.pid}`
    const tabs: Tab[] = []
    for (let i = 0; i < count; i++) {
      const classes = values.classes === 'split' ? splitClasses(i, count) : values.classes
      const { backend, task } = values
      tabs.push(
        await stage.open({
          key,
          task,
          samples,
          seed: i + 1,
          backend,
          ...(classes === undefined ? {} : { classes }),
        }),
      )
    }
    await Promise.all(tabs.map((tab) => tab.start()))
    const rows = await train(tabs, seconds)
    if (values.json) for (const row of rowsOf(rows)) console.log(JSON.stringify(row))
    else console.log(drawTable(rows))
    const failed = rows.filter(({ steps, merges }) => steps === 0 || merges === 0)
    for (const { name, steps, merges } of failed)
      console.error(`${name} made ${steps} steps and ${merges} merges: every tab must train and merge.`)
    process.exitCode = failed.length === 0 ? 0 : 1
  } finally {
    await stage.close()
  }
}

/** Watches the tabs train, then measures both models of each on the whole test set. */
async function train(tabs: readonly Tab[], seconds: number): Promise<SwarmRow[]> {
  const startMs = Date.now()
  const isLive = !values.json && process.stdout.isTTY
  while (Date.now() - startMs < 1_000 * seconds) {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    if (!isLive) continue
    const rows = await Promise.all(tabs.map(async (tab, i) => tableRow(i, await tab.snapshot())))
    process.stdout.write(`\u001b[2J\u001b[H${Math.round((Date.now() - startMs) / 1_000)} s of ${seconds}\n`)
    process.stdout.write(`${drawTable(rows)}\n`)
  }
  const rows: SwarmRow[] = []
  for (const [i, tab] of tabs.entries()) {
    const snapshot = await tab.snapshot()
    rows.push(tableRow(i, snapshot, { own: await tab.evaluate('own'), served: await tab.evaluate('served') }))
  }
  if (isLive) process.stdout.write('\u001b[2J\u001b[H')
  return rows
}

if (values.help) console.log(usage)
else await main()
