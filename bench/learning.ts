import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import type { Case, Run } from './learning/case.ts'
import { fastCases, fullCases } from './learning/cases.ts'
import { writeLearning } from './learning/document.ts'
import { gapsOf, type Row, rowsOf } from './learning/row.ts'
import { runAll } from './learning/run-all.ts'
import { averaged, reaches, type Summary, servedAt, summaryOf } from './learning/summary.ts'

const usage = `usage: npm run bench:learning -- [--full] [--json] [--write] [--validation] [--only TEXT] [--workers N]
How well rooms learn, in virtual time on MNIST. Results are kept in .cache/learning: an interrupted run goes on.
--full: also other sizes, splits and misfortunes (hours)  --write: into docs/benchmarks.md and docs/plots
--validation: judge by held-out training examples, for choices  --only: cases whose name contains the text`

const { values: options } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    validation: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    workers: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', default: false },
  },
})

/** What is derived from a case together with the centralised one: times to its accuracy, accuracy at equal bytes. */
function compared({ metrics, curve }: Summary, central: Summary | undefined): Record<string, number> {
  const reference = central?.curve.at(-1)?.servedMean ?? Number.NaN
  const [to90, to95] = [0.9, 0.95].map((share) => reaches(curve, share * reference))
  const atBudget = [0.4, 1, 5].map((megabytes) => [
    `served-at-${megabytes}-mb`,
    servedAt(curve, megabytes) ?? Number.NaN,
  ])
  return {
    ...metrics,
    'seconds-to-90': to90?.seconds ?? Number.NaN,
    'seconds-to-95': to95?.seconds ?? Number.NaN,
    'megabytes-to-95': to95?.megabytesUp ?? Number.NaN,
    ...Object.fromEntries(atBudget),
  }
}

async function main(): Promise<void> {
  const cases = (options.full ? fullCases() : fastCases()).filter(
    ({ name }) => name === 'central' || name.includes(options.only),
  )
  const examined = options.validation ? 'validation' : 'test'
  const runs = cases.flatMap(({ scenario, seeds }) =>
    seeds.map((seed): Run => ({ scenario: { ...scenario, seed }, examined })),
  )
  const reports = await runAll(runs, Number(options.workers))
  let next = 0
  const results = cases.map((one: Case) => {
    const own = reports.slice(next, next + one.seeds.length)
    const summary = averaged(own.map((report) => summaryOf(report, one.aside)))
    next += one.seeds.length
    return { one, summary }
  })
  const central = results.find(({ one }) => one.name === 'central')?.summary
  const metricOf = (name: string, metric: string): number | undefined =>
    results.find(({ one }) => one.name === name)?.summary.metrics[metric]
  const rows = results.flatMap(({ one, summary }): readonly Row[] =>
    rowsOf('learning', one, compared(summary, central), metricOf),
  )
  if (options.json) for (const row of rows) console.log(JSON.stringify(row))
  else
    print(
      results.map(({ one }) => one),
      rows,
    )
  if (options.write) writeLearning(results, rows)
}

function print(cases: readonly Case[], rows: readonly Row[]): void {
  const shown = ['served-accuracy', 'served-worst', 'mean-accuracy', 'settled-accuracy', 'megabytes-up']
  console.table(
    Object.fromEntries(
      cases.map(({ name }) => [
        name,
        Object.fromEntries(
          [...shown, 'seconds-to-95'].map((metric) => [
            metric,
            Number(rows.find((row) => row.case === name && row.metric === metric)?.value.toFixed(4)),
          ]),
        ),
      ]),
    ),
  )
  for (const gap of gapsOf(rows)) console.log(gap)
}

if (options.help) console.log(usage)
else await main()
