/**
 * Exponential moving average with the start-up bias divided out: s_t = w s_(t-1) + (1 - w) x_t, shown as
 * s_t / (1 - w^t). Weight 0 changes nothing; it must lie in [0, 1).
 */
export function smooth(values: readonly number[], weight: number): number[] {
  let average = 0
  let remaining = 1
  return values.map((value) => {
    average = weight * average + (1 - weight) * value
    remaining *= weight
    return average / (1 - remaining)
  })
}
