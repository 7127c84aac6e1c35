type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

/**
 * A promise that calls back at once, without a microtask in between: in a simulation everything that happens at
 * one virtual moment happens in one fixed order. It can be awaited like any other thenable.
 */
export class Eventual<T> implements PromiseLike<T> {
  #outcome: Outcome<T> | undefined
  #waiting: ((outcome: Outcome<T>) => void)[] = []

  /** The first call decides; later ones are ignored. A thenable is followed. */
  resolve(value: T | PromiseLike<T>): void {
    if (isThenable(value))
      value.then(
        (inner) => this.#settle({ ok: true, value: inner }),
        (error: unknown) => this.#settle({ ok: false, error }),
      )
    else this.#settle({ ok: true, value })
  }

  reject(error: unknown): void {
    this.#settle({ ok: false, error })
  }

  // biome-ignore lint/suspicious/noThenProperty: being a thenable is what this class is for.
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    const next = new Eventual<A | B>()
    const follow = (outcome: Outcome<T>): void => {
      try {
        if (outcome.ok) next.resolve(onValue ? onValue(outcome.value) : (outcome.value as unknown as A))
        else if (onError) next.resolve(onError(outcome.error))
        else next.reject(outcome.error)
      } catch (error) {
        next.reject(error)
      }
    }
    if (this.#outcome === undefined) this.#waiting.push(follow)
    else follow(this.#outcome)
    return next
  }

  #settle(outcome: Outcome<T>): void {
    if (this.#outcome !== undefined) return
    this.#outcome = outcome
    const waiting = this.#waiting
    this.#waiting = []
    for (const follow of waiting) follow(outcome)
  }
}

/** One that already has its value. */
export function settled<T>(value: T): PromiseLike<T> {
  const eventual = new Eventual<T>()
  eventual.resolve(value)
  return eventual
}

/** One that already failed; nothing is reported where nobody looks. */
export function failed<T = never>(error: unknown): PromiseLike<T> {
  const eventual = new Eventual<T>()
  eventual.reject(error)
  return eventual
}

const isThenable = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
