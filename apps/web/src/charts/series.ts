/** One measurement: when it was made, by both clocks of a chart, and what it was. */
export interface Sample {
  readonly steps: number
  readonly seconds: number
  readonly value: number
}

/** One or more neighbouring samples. The moment is that of the last one, so a curve always reaches the present. */
export interface Bucket {
  readonly steps: number
  readonly seconds: number
  readonly mean: number
  readonly min: number
  readonly max: number
  readonly count: number
}

/** A curve of bounded size that keeps its extremes. */
export interface Series {
  /** Samples that are not finite are left out. */
  append(sample: Sample): void
  /** Oldest first; a new array only after a change. */
  buckets(): readonly Bucket[]
  last(): Sample | undefined
}

const bucketOf = ({ steps, seconds, value }: Sample): Bucket => ({
  steps,
  seconds,
  mean: value,
  min: value,
  max: value,
  count: 1,
})

const joined = (a: Bucket, b: Bucket): Bucket => ({
  steps: b.steps,
  seconds: b.seconds,
  mean: (a.mean * a.count + b.mean * b.count) / (a.count + b.count),
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
  count: a.count + b.count,
})

const halved = (buckets: readonly Bucket[]): Bucket[] =>
  buckets.flatMap((bucket, i) => {
    if (i % 2 === 1) return []
    const next = buckets[i + 1]
    return [next === undefined ? bucket : joined(bucket, next)]
  })

/** Holds at most `capacity` buckets (at least 2): when full, neighbours are joined and each takes twice as many samples. */
export function createSeries(capacity = 400): Series {
  let buckets: readonly Bucket[] = []
  let samplesEach = 1
  let newest: Sample | undefined
  return {
    append(sample) {
      if (!Number.isFinite(sample.value)) return
      newest = sample
      const tail = buckets.at(-1)
      if (tail !== undefined && tail.count < samplesEach) {
        buckets = [...buckets.slice(0, -1), joined(tail, bucketOf(sample))]
        return
      }
      if (buckets.length >= capacity) {
        buckets = halved(buckets)
        samplesEach *= 2
      }
      buckets = [...buckets, bucketOf(sample)]
    },
    buckets: () => buckets,
    last: () => newest,
  }
}
