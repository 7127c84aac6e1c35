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
  return (operation) => {
    const outcome = new Eventual<Awaited<ReturnType<typeof operation>>>()
    const run = (): void => {
      taken = true
      operation().then(
        (value) => {
          release()
          outcome.resolve(value as never)
        },
        (error: unknown) => {
          release()
          outcome.reject(error)
        },
      )
    }
    if (taken) waiting.push(run)
    else run()
    return outcome as PromiseLike<never>
  }
}
