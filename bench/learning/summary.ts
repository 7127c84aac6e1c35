import type { Point, Report, Standing } from '@gossamer/core/sim'

/** The figures of one run, over its honest peers. */
export interface Summary {
  readonly metrics: Readonly<Record<string, number>>
  readonly curve: readonly Point[]
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** The figures of a run, over its honest peers but those set aside; the curve and the average are of all honest ones. */
export function summaryOf(report: Report, aside: readonly string[] = []): Summary {
  const { beforeSettling = report, curve } = report
  const honest = ({ peers }: Standing): Standing['peers'] =>
    peers.filter(({ role, peer }) => role === 'honest' && !aside.includes(peer))
  const peers = honest(beforeSettling)
  const served = peers.map(({ servedAccuracy }) => servedAccuracy)
  const own = peers.map(({ ownAccuracy }) => ownAccuracy)
  const settled = honest(report).map(({ servedAccuracy }) => servedAccuracy)
  return {
    metrics: {
      'mean-accuracy': mean(own),
      'worst-accuracy': Math.min(...own),
      'served-accuracy': mean(served),
      'served-worst': Math.min(...served),
      'served-gap': mean(served) - Math.min(...served),
      'average-accuracy': beforeSettling.averageAccuracy,
      ...(report.beforeSettling === undefined
        ? {}
        : {
            'settled-accuracy': mean(settled),
            'settled-spread': Math.max(
              ...settled.map((accuracy) => Math.abs(accuracy - beforeSettling.averageAccuracy)),
            ),
          }),
      'megabytes-up': mean(peers.map(({ bytesUp }) => bytesUp)) / 1e6,
      // A room with fewer slow peers in it sends more: they count by their steps.
      'kilobytes-per-step':
        mean(peers.map(({ bytesUp }) => bytesUp)) / mean(peers.map(({ steps }) => steps)) / 1e3,
      merges: mean(peers.map(({ merges }) => merges)),
      steps: mean(peers.map(({ steps }) => steps)),
    },
    curve,
  }
}

/** Metric by metric over the seeds. */
export function averaged(summaries: readonly Summary[]): Summary {
  const [first] = summaries
  if (first === undefined) throw new Error('a case has at least one seed')
  const over = (value: (summary: Summary) => number): number => mean(summaries.map(value))
  return {
    metrics: Object.fromEntries(
      Object.keys(first.metrics).map((name) => [name, over(({ metrics }) => metrics[name] ?? Number.NaN)]),
    ),
    curve: first.curve.map((point, i) => {
      const at = (field: keyof Point) => over(({ curve }) => curve[i]?.[field] ?? Number.NaN)
      return {
        seconds: point.seconds,
        ownMean: at('ownMean'),
        servedMean: at('servedMean'),
        servedWorst: at('servedWorst'),
        megabytesUp: at('megabytesUp'),
      }
    }),
  }
}

/** Where the served mean first reaches an accuracy, by a straight line between points; undefined where it never does. */
export function reaches(
  curve: readonly Point[],
  accuracy: number,
): { readonly seconds: number; readonly megabytesUp: number } | undefined {
  let before = { seconds: 0, megabytesUp: 0, servedMean: 0.1 }
  for (const point of curve) {
    if (point.servedMean >= accuracy) {
      const share = Math.max(0, (accuracy - before.servedMean) / (point.servedMean - before.servedMean))
      return {
        seconds: before.seconds + share * (point.seconds - before.seconds),
        megabytesUp: before.megabytesUp + share * (point.megabytesUp - before.megabytesUp),
      }
    }
    before = point
  }
  return undefined
}

/** The served mean when so much had been sent; undefined where it never was. */
export function servedAt(curve: readonly Point[], megabytes: number): number | undefined {
  let before = { megabytesUp: 0, servedMean: 0.1 }
  for (const point of curve) {
    if (point.megabytesUp >= megabytes) {
      const share = (megabytes - before.megabytesUp) / (point.megabytesUp - before.megabytesUp)
      return before.servedMean + share * (point.servedMean - before.servedMean)
    }
    before = point
  }
  return undefined
}
