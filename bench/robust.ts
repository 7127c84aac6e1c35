import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { attacks, type Scenario } from '@gossamer/core/sim'
import type { Case, Run } from './learning/case.ts'
import { writeSection } from './learning/document.ts'
import { standard, taskWith } from './learning/recipes.ts'
import { gapsOf, type Row, rowsOf } from './learning/row.ts'
import { runAll } from './learning/run-all.ts'
import { averaged, summaryOf } from './learning/summary.ts'

const usage = `usage: npm run bench:robust -- [--json] [--write] [--only TEXT] [--seeds N] [--workers N]
What bad peers do to the honest ones: 16 peers, degree 6, label skew 0.9, with the guard, without, and with the fixed gates of strict.
Results are kept in .cache/learning.`

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    seeds: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', default: false },
  },
})

const peers = 16
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1)
/** Share of bad peers, as rows call it, how many that is, and what served accuracy may be lost. */
const shares = [
  { name: '12.5', count: 2, loss: 0.01 },
  { name: '25', count: 4, loss: 0.02 },
] as const

/** The default guard, none, and the second design: fixed gates. */
const guards = [
  { name: 'guard-on', gossip: standard.gossip },
  { name: 'guard-off', gossip: { ...standard.gossip, options: { guard: 0 } } },
  { name: 'strict', gossip: { ...standard.gossip, strategy: 'strict' } },
] as const

const cases = guards.flatMap((guard): readonly Case[] => {
  const task = taskWith(guard.gossip)
  if (task === undefined) return []
  const room: Scenario = {
    task,
    peers,
    seconds: 40,
    split: { type: 'skew', share: 0.9 },
    topology: { type: 'regular', degree: 6 },
  }
  return [
    { name: `none/0/${guard.name}`, seeds, scenario: room },
    ...shares.flatMap(({ name, count }) =>
      attacks.map((attack) => ({
        name: `${attack}/${name}/${guard.name}`,
        seeds,
        scenario: { ...room, badPeers: { count, attack } },
      })),
    ),
  ]
})

async function main(): Promise<void> {
  const chosen = cases.filter(({ name }) => name.startsWith('none/') || name.includes(options.only))
  const runs = chosen.flatMap(({ scenario, seeds: own }) =>
    own.map((seed): Run => ({ scenario: { ...scenario, seed }, examined: 'test' })),
  )
  const reports = await runAll(runs, Number(options.workers))
  const summaries = chosen.map((_, i) =>
    averaged(reports.slice(i * seeds.length, (i + 1) * seeds.length).map((report) => summaryOf(report))),
  )
  const clean = (metric: string): number => summaries[0]?.metrics[metric] ?? Number.NaN
  const rows = chosen.flatMap(({ name }, i) => {
    const loss = shares.find((share) => name.includes(`/${share.name}/guard-on`))?.loss
    const goal = (metric: string) => ({ [metric]: { atLeast: clean(metric) - (loss ?? 0) } })
    const goals = loss === undefined ? {} : { ...goal('served-accuracy'), ...goal('served-worst') }
    const { 'served-accuracy': served = Number.NaN, 'served-worst': worst = Number.NaN } =
      summaries[i]?.metrics ?? {}
    return rowsOf('robust', { name, goals }, { 'served-accuracy': served, 'served-worst': worst })
  })
  if (options.json) for (const row of rows) console.log(JSON.stringify(row))
  else {
    console.log(tableOf(rows))
    for (const gap of gapsOf(rows)) console.log(gap)
  }
  if (options.write) writeSection('robust', `${tableOf(rows)}\n\n${missing(gapsOf(rows))}`)
}

const missing = (gaps: readonly string[]): string =>
  gaps.length === 0
    ? 'Every figure that the project promises here is reached.'
    : ['Not reached:', '', ...gaps.map((gap) => `- ${gap}`)].join('\n')

/** Served accuracy, mean / worst, by attack. */
function tableOf(rows: readonly Row[]): string {
  const columns = shares.flatMap((share) => guards.map((guard) => `${share.name}/${guard.name}`))
  const value = (name: string, metric: string): string =>
    rows.find((row) => row.case === name && row.metric === metric)?.value.toFixed(3) ?? '–'
  const cell = (name: string): string => `${value(name, 'served-accuracy')} / ${value(name, 'served-worst')}`
  return [
    `| attack | ${columns.map((column) => column.replace('/', ' %, ')).join(' | ')} |`,
    `|---|${columns.map(() => '---|').join('')}`,
    `| none | ${columns.map((column) => cell(`none/0/${column.split('/')[1]}`)).join(' | ')} |`,
    ...attacks.map(
      (attack) => `| ${attack} | ${columns.map((column) => cell(`${attack}/${column}`)).join(' | ')} |`,
    ),
  ].join('\n')
}

if (options.help) console.log(usage)
else await main()
