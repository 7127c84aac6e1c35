/** The plain trainer answers at once; anything else has no place in a simulation and throws. */
export function now<T>(answer: PromiseLike<T>): T {
  const values: T[] = []
  let problem: { readonly error: unknown } | undefined
  answer.then(
    (value) => {
      values.push(value)
    },
    (error: unknown) => {
      problem = { error }
    },
  )
  if (problem !== undefined) throw problem.error
  for (const value of values) return value
  throw new Error('A simulated trainer must answer at once.')
}
