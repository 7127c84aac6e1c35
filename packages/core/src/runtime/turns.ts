import { Eventual } from '../lib/eventual.ts'

/** Runs an operation when all earlier ones have ended. */
export type Turns = <T>(operation: () => PromiseLike<T>) => PromiseLike<T>

/**
 * One operation at a time, first come first served: a trainer shared by the node and by people who ask for
 * evaluations never gets two at once. A failed operation does not hold up the next.
 */
export function createTurns(): Turns {
  const waiting: (() => void)[] = []
  let taken = false
  const release = (): void => {
    taken = false
    waiting.shift()?.()
  }
  const begin = <T>(operation: () => PromiseLike<T>): PromiseLike<T> => {
    taken = true
    const answer = operation()
    // Registered first, so that the turn is free again before anyone hears the answer.
    answer.then(release, release)
    return answer
  }
  return function turn<T>(operation: () => PromiseLike<T>): PromiseLike<T> {
    if (!taken) return begin(operation)
    const answer = new Eventual<T>()
    waiting.push(() => answer.resolve(begin(operation)))
    return answer
  }
}
