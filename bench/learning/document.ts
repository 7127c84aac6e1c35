import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { plotSvg } from '@gossamer/core/sim'
import type { Case } from './case.ts'
import { gapsOf, type Row } from './row.ts'
import type { Summary } from './summary.ts'

const docs = new URL('../../../docs/', import.meta.url)
const document = new URL('benchmarks.md', docs)

interface Result {
  readonly one: Case
  readonly summary: Summary
}

/** Puts the results into docs/benchmarks.md, between the marks of their section, and draws docs/plots. */
export function writeLearning(results: readonly Result[], rows: readonly Row[]): void {
  const groups = new Map<string, Result[]>()
  for (const result of results) {
    const group = result.one.name.split('/').slice(2).join('/')
    if (group !== '') groups.set(group, [...(groups.get(group) ?? []), result])
  }
  const central = results.find(({ one }) => one.name === 'central')
  const sections = [...groups].map(([group, members]) => {
    const inPlot = central === undefined ? members : [...members, central]
    drawn(group, inPlot)
    const [peers = '', split = '', ...conditions] = group.split('/')
    const file = `plots/${fileName(group)}`
    return [
      `### ${peers} peers, ${[split, ...conditions].join(', ')}`,
      '',
      table(inPlot, rows),
      '',
      `![Accuracy against time](${file}-time.svg) ![Accuracy against bytes](${file}-bytes.svg)`,
    ].join('\n')
  })
  const gaps = gapsOf(rows)
  const missing =
    gaps.length === 0
      ? 'Every figure that the project promises here is reached.'
      : ['Not reached:', '', ...gaps.map((gap) => `- ${gap}`)].join('\n')
  writeSection('learning', [...sections, missing].join('\n\n'))
}

const columns = [
  ['served', 'served-accuracy'],
  ['worst served', 'served-worst'],
  ['training replicas', 'mean-accuracy'],
  ['average of all', 'average-accuracy'],
  ['settled', 'settled-accuracy'],
  ['MB sent', 'megabytes-up'],
  ['kB a step', 'kilobytes-per-step'],
  ['s to 90 %', 'seconds-to-90'],
  ['s to 95 %', 'seconds-to-95'],
  ['MB to 95 %', 'megabytes-to-95'],
  ['served at 1 MB', 'served-at-1-mb'],
] as const

function table(results: readonly Result[], rows: readonly Row[]): string {
  const cell = (name: string, metric: string): string => {
    const row = rows.find((candidate) => candidate.case === name && candidate.metric === metric)
    if (row === undefined) return '–'
    const digits = row.unit === 's' ? 1 : row.unit === '' ? 3 : 2
    const text = row.value.toFixed(digits)
    return (row.unit === '' ? text.replace(/^0/, '') : text) + (row.met === false ? ' (!)' : '')
  }
  return [
    `| strategy, codec | seeds | ${columns.map(([title]) => title).join(' | ')} |`,
    `|---|---|${columns.map(() => '---|').join('')}`,
    ...results.map(
      ({ one: { name, seeds } }) =>
        `| ${name === 'central' ? 'one machine, all data' : name.split('/').slice(0, 2).join(', ')} | ${seeds.length} | ${columns
          .map(([, metric]) => cell(name, metric))
          .join(' | ')} |`,
    ),
  ].join('\n')
}

const fileName = (group: string): string => group.replaceAll('/', '-')

function drawn(group: string, results: readonly Result[]): void {
  const plots = new URL('plots/', docs)
  mkdirSync(plots, { recursive: true })
  const shared = { yLabel: 'served accuracy (mean)', title: `Peers, split: ${group.replaceAll('/', ', ')}` }
  const nameOf = (name: string): string => name.split('/').slice(0, 2).join(' ')
  const lines = (x: 'seconds' | 'megabytesUp') =>
    results.map(({ one, summary }) => ({
      name: nameOf(one.name),
      points: summary.curve
        .filter(({ seconds }) => seconds <= (one.scenario.seconds ?? Number.POSITIVE_INFINITY))
        .map((point) => [point[x], point.servedMean] as const),
    }))
  const time = plotSvg({ ...shared, xLabel: 'virtual seconds', lines: lines('seconds') })
  const bytes = plotSvg({ ...shared, xLabel: 'MB sent per peer', logX: true, lines: lines('megabytesUp') })
  writeFileSync(new URL(`${fileName(group)}-time.svg`, plots), time)
  writeFileSync(new URL(`${fileName(group)}-bytes.svg`, plots), bytes)
}

/** Replaces what is between `<!-- name -->` and `<!-- /name -->` in docs/benchmarks.md. Throws where there are no such marks. */
export function writeSection(name: string, text: string): void {
  const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const whole = readFileSync(document, 'utf8')
  const [start, end] = [whole.indexOf(from), whole.indexOf(to)]
  if (start < 0 || end < start) throw new Error(`docs/benchmarks.md has no section ${from} ... ${to}`)
  writeFileSync(document, `${whole.slice(0, start + from.length)}\n${text}\n${whole.slice(end)}`)
}
