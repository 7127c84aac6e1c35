import type { Evaluation, Snapshot } from '@gossamer/core'

/** What the swarm's tables show of a tab. Accuracies are NaN while unknown. */
export interface SwarmRow {
  readonly name: string
  readonly backend: string
  readonly steps: number
  readonly samplesPerSecond: number
  readonly ownAccuracy: number
  readonly servedAccuracy: number
  /** Of the served model, on classes of which this tab has no examples; NaN where it has all. */
  readonly unseenAccuracy: number
  readonly merges: number
  readonly peers: number
  readonly bytesUp: number
  readonly bytesDown: number
}

/** The classes of tab `i` of `count`: runs of neighbouring digits, the first ones longer by one; beyond ten tabs, in turn. */
export function splitClasses(i: number, count: number): string {
  const runs = Math.min(count, 10)
  const run = i % runs
  const first = run * Math.floor(10 / runs) + Math.min(run, 10 % runs)
  const last = first + Math.floor(10 / runs) + (run < 10 % runs ? 1 : 0) - 1
  return first === last ? `${first}` : `${first}-${last}`
}

export function tableRow(
  index: number,
  snapshot: Snapshot,
  measured?: { readonly own: Evaluation; readonly served: Evaluation },
): SwarmRow {
  const perClass = measured?.served.perClass ?? snapshot.served?.perClass ?? []
  const unseen = perClass.filter((_, label) => snapshot.ownClassCounts[label] === 0)
  return {
    name: `tab-${index + 1}`,
    backend: snapshot.backend.name,
    steps: snapshot.steps,
    samplesPerSecond: snapshot.samplesPerSecond,
    ownAccuracy: measured?.own.accuracy ?? snapshot.own.accuracy ?? Number.NaN,
    servedAccuracy: measured?.served.accuracy ?? snapshot.served?.accuracy ?? Number.NaN,
    unseenAccuracy: unseen.reduce((sum, accuracy) => sum + accuracy, 0) / unseen.length,
    merges: snapshot.merges,
    peers: snapshot.peers.length,
    bytesUp: snapshot.bytes.up,
    bytesDown: snapshot.bytes.down,
  }
}

/** Rows of the bench `swarm`, as other programs read them. */
export function rowsOf(rows: readonly SwarmRow[]): readonly object[] {
  return rows.flatMap(({ name, backend, ...row }) =>
    (
      [
        ['own-accuracy', row.ownAccuracy, ''],
        ['served-accuracy', row.servedAccuracy, ''],
        ['unseen-accuracy', row.unseenAccuracy, ''],
        ['merges', row.merges, ''],
        ['steps', row.steps, ''],
        ['samples-per-second', row.samplesPerSecond, '1/s'],
        ['bytes-up', row.bytesUp, 'B'],
        ['bytes-down', row.bytesDown, 'B'],
      ] as const
    ).map(([metric, value, unit]) => ({
      bench: 'swarm',
      case: name,
      metric,
      value: Number.isNaN(value) ? null : value,
      unit,
      backend,
    })),
  )
}

const columns: readonly [string, (row: SwarmRow) => string][] = [
  ['tab', ({ name }) => name],
  ['backend', ({ backend }) => backend],
  ['steps', ({ steps }) => `${steps}`],
  ['samples/s', ({ samplesPerSecond }) => samplesPerSecond.toFixed(0)],
  ['own', ({ ownAccuracy }) => share(ownAccuracy)],
  ['served', ({ servedAccuracy }) => share(servedAccuracy)],
  ['unseen', ({ unseenAccuracy }) => share(unseenAccuracy)],
  ['merges', ({ merges }) => `${merges}`],
  ['peers', ({ peers }) => `${peers}`],
  ['up', ({ bytesUp }) => megabytes(bytesUp)],
  ['down', ({ bytesDown }) => megabytes(bytesDown)],
]

const share = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(3))
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`

/** A table of plain text, columns aligned to the right but for the first two. */
export function drawTable(rows: readonly SwarmRow[]): string {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, text]) => text(row)))]
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)))
  return cells
    .map((line) =>
      line
        .map((text, i) => (i < 2 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
