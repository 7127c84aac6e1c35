import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { canonicalText } from './kept.ts'
import { writeSection } from './learning/document.ts'
import { gapsOf } from './learning/row.ts'
import { type Case, cases } from './published/cases.ts'
import { commitResults, committedResults, type Kept } from './published/results.ts'
import { rowsOfCase } from './published/row.ts'
import { runAll } from './published/run-all.ts'
import { sectionOf, tableOf } from './published/table.ts'
import type { Question } from './published/worker.ts'

const usage = `usage: npm run bench:published -- [--full] [--fresh] [--json] [--write] [--validation] [--seeds N] [--only TEXT] [--workers N]
The MNIST table of flwr-serverless (arXiv 2310.15329): its two rules and ours, in rooms of the node code that tabs run.
Runs that are in bench/published/results.json are not run again; what this code did since is in .cache/published, so
that an interrupted call goes on.
--full: all eight columns over three seeds, not just three columns once  --fresh: committed results do not count
--write: into bench/published/results.json and docs/benchmarks.md  --validation: judge by held-out training examples
--seeds: how many  --only: cases whose name contains the text  --workers: processes; 0: only what was run before`

const { values: options } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    validation: { type: 'boolean', default: false },
    seeds: { type: 'string' },
    only: { type: 'string', default: '' },
    workers: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', default: false },
  },
})

interface Cell {
  readonly one: Case
  readonly question: Question
}

/** One seed after the other, so that an early end leaves whole tables. */
function cells(): readonly Cell[] {
  const examined = options.validation ? 'validation' : 'test'
  const seeds = Number(options.seeds ?? (options.full ? 3 : 1))
  const chosen = cases.filter(
    ({ name, column }) => (options.full || column.short) && name.includes(options.only),
  )
  return Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) =>
    chosen.map((one) => ({ one, question: { config: { ...one.config, seed }, examined } })),
  )
}

async function main(): Promise<void> {
  const asked = cells()
  const results = await runAll(
    asked.map(({ question }) => question),
    { workers: Number(options.workers), fresh: options.fresh },
  )
  const done = asked.flatMap(({ one, question: { config } }, i) => {
    const result = results[i]
    return result === undefined ? [] : [{ one, config, result }]
  })
  const rows = cases.flatMap((one) =>
    rowsOfCase(
      one,
      done.filter((cell) => cell.one === one).map(({ result }) => result),
    ),
  )
  if (options.json) for (const row of rows) console.log(JSON.stringify(row))
  else {
    console.log(tableOf(rows))
    for (const gap of gapsOf(rows)) console.log(gap)
  }
  if (options.write) write(done)
}

/** Results of other cases and seeds stay; those of configurations that no case has any more are dropped. */
function write(done: readonly Kept[]): void {
  if (options.validation) throw new Error('--write is for what the test set says')
  const all = new Map([
    ...committedResults(),
    ...done.map((kept) => [canonicalText(kept.config), kept] as const),
  ])
  const inOrder = cases.map((one) => ({
    one,
    kept: [...all.values()]
      .filter(
        ({ config: { seed, ...config } }) =>
          canonicalText({ ...one.config, seed }) === canonicalText({ ...config, seed }),
      )
      .sort((a, b) => a.config.seed - b.config.seed),
  }))
  commitResults(inOrder.flatMap(({ kept }) => kept))
  const rows = inOrder.flatMap(({ one, kept }) =>
    rowsOfCase(
      one,
      kept.map(({ result }) => result),
    ),
  )
  writeSection('published', sectionOf(rows))
}

if (options.help) console.log(usage)
else await main()
