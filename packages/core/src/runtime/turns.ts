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
  return function turn<T>(operation: () => PromiseLike<T>): PromiseLike<T> {
    const outcome = new Eventual<T>()
    const run = (): void => {
      taken = true
      operation().then(
        (value) => {
          release()
          outcome.resolve(value)
        },
        (error: unknown) => {
          release()
          outcome.reject(error)
        },
      )
    }
    if (taken) waiting.push(run)
    else run()
    return outcome
  }
}
