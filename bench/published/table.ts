import { gapsOf, type Row } from '../learning/row.ts'
import { type Case, type Column, cases, columns } from './cases.ts'

type Strategy = Case['strategy']

/** The published table, theirs and ours, and how far the one is from the other. Cells with a dash have not been run. */
export function tableOf(rows: readonly Row[]): string {
  const figure = (strategy: Strategy, column: Column, metric: string): number =>
    rows.find((row) => row.case === nameOf(strategy, column) && row.metric === metric)?.value ?? Number.NaN
  const accuracy = (strategy: Strategy) => (column: Column) => figure(strategy, column, 'accuracy')
  const withDeviation = (strategy: Strategy) => (column: Column) => {
    const value = accuracy(strategy)(column)
    const seeds = figure(strategy, column, 'seeds')
    return seeds > 1 ? `${share(value)} ± ${share(figure(strategy, column, 'accuracy-std'))}` : share(value)
  }
  const line = (title: string, cell: (column: Column) => string): string =>
    `| ${title} | ${columns.map(cell).join(' | ')} |`
  const ours = accuracy('swap')
  return [
    `| test accuracy | ${columns.map(({ peers, skew }) => `n=${peers}, skew ${skew}`).join(' | ')} |`,
    `|---|${columns.map(() => '---|').join('')}`,
    line('synchronous FedAvg, published', ({ synchronous }) => share(synchronous)),
    line('synchronous FedAvg, here (`round-average`)', withDeviation('round-average')),
    line('… minus published', (column) => signed(accuracy('round-average')(column) - column.synchronous)),
    line('asynchronous FedAvg, published', ({ asynchronous }) => share(asynchronous)),
    line('asynchronous FedAvg, here (`latest-average`)', withDeviation('latest-average')),
    line('… minus published', (column) => signed(accuracy('latest-average')(column) - column.asynchronous)),
    line('**`swap`, served**', (column) => bold(withDeviation('swap')(column))),
    line('to be reached', ({ goal }) => share(goal)),
    line('`swap` above the better one published', (column) =>
      signed(ours(column) - Math.max(column.synchronous, column.asynchronous)),
    ),
    line('`swap` above asynchronous, published', (column) => signed(ours(column) - column.asynchronous)),
    line('`swap` above asynchronous, here', (column) =>
      signed(ours(column) - accuracy('latest-average')(column)),
    ),
    line('MB sent per peer, `swap`', (column) => megabytes(figure('swap', column, 'megabytes-up'))),
    line('MB sent per peer, both others', (column) =>
      megabytes(figure('latest-average', column, 'megabytes-up')),
    ),
    line('seeds, `swap` / synchronous / asynchronous', (column) =>
      (['swap', 'round-average', 'latest-average'] as const)
        .map((strategy) => counted(figure(strategy, column, 'seeds')))
        .join(' / '),
    ),
  ].join('\n')
}

/** The section of docs/benchmarks.md. */
export function sectionOf(rows: readonly Row[]): string {
  const gaps = gapsOf(rows)
  const missing =
    gaps.length === 0
      ? 'Every figure that the project promises here is reached.'
      : ['Not reached:', '', ...gaps.map((gap) => `- ${gap}`)].join('\n')
  return `${tableOf(rows)}\n\n${missing}`
}

const nameOf = (strategy: Strategy, column: Column): string =>
  cases.find((one) => one.strategy === strategy && one.column === column)?.name ?? ''

const bold = (text: string): string => (text === '–' ? text : `**${text}**`)
const share = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(4).replace(/^0/, ''))
const signed = (value: number): string =>
  Number.isNaN(value) ? '–' : `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4).replace(/^0/, '')}`
const megabytes = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(2))
const counted = (value: number): string => (Number.isNaN(value) ? '0' : String(value))
