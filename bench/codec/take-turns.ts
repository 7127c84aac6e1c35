export interface Rounds {
  readonly warmUps: number
  readonly rounds: number
  /** A clock that is coarse needs more than one call at a time. */
  readonly leastMs: number
}

/**
 * The median time of a call of each variant, in ms. The variants take turns, so that a busy moment strikes all of them.
 */
export function medianTimesMs<Name extends string>(
  variants: Readonly<Record<Name, () => unknown>>,
  { warmUps, rounds, leastMs }: Rounds,
): Readonly<Record<Name, number>> {
  const timed = (Object.entries(variants) as [Name, () => unknown][]).map(([name, run]) => ({
    name,
    run,
    calls: 1,
    timesMs: [] as number[],
  }))
  for (let round = 0; round < warmUps + rounds; round++)
    for (const variant of timed) {
      const startMs = performance.now()
      for (let call = 0; call < variant.calls; call++) variant.run()
      const tookMs = performance.now() - startMs
      if (round >= warmUps) variant.timesMs.push(tookMs / variant.calls)
      else if (tookMs < leastMs) variant.calls *= 2
    }
  return Object.fromEntries(timed.map(({ name, timesMs }) => [name, median(timesMs)])) as Record<Name, number>
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Of so many float32 in so much time. */
export const gigabytesPerSecond = (floats: number, ms: number): number => (4 * floats) / ms / 1e6
