/**
 * Answers that are there already. Unlike a Promise's, their callbacks run inside `then`, without a microtask in
 * between, so that a simulation stays in one thread of control. They can be awaited like any PromiseLike.
 */

/** An answer that is `value`. */
export const settled = <T>(value: T): PromiseLike<T> => new Settled(value)

/** An answer that is a failure; nothing is reported where nobody looks. */
export const failed = (error: unknown): PromiseLike<never> => new Failed(error)

/** What `compute` returns, or throws, as an answer. */
export const attempt = <T>(compute: () => T | PromiseLike<T>): PromiseLike<T> =>
  settled(undefined).then(compute)

type Callback<In, Out> = ((value: In) => Out | PromiseLike<Out>) | null | undefined

class Settled<T> implements PromiseLike<T> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  // biome-ignore lint/suspicious/noThenProperty: being thenable is what this is for
  then<A = T, B = never>(fulfilled?: Callback<T, A>, rejected?: Callback<unknown, B>): PromiseLike<A | B>
  // biome-ignore lint/suspicious/noThenProperty: being thenable is what this is for
  then(fulfilled?: Callback<T, unknown>): PromiseLike<unknown> {
    return typeof fulfilled === 'function' ? follow(fulfilled, this.#value) : this
  }
}

class Failed implements PromiseLike<never> {
  readonly #error: unknown

  constructor(error: unknown) {
    this.#error = error
  }

  // biome-ignore lint/suspicious/noThenProperty: being thenable is what this is for
  then<A = never, B = never>(
    fulfilled?: Callback<never, A>,
    rejected?: Callback<unknown, B>,
  ): PromiseLike<A | B>
  // biome-ignore lint/suspicious/noThenProperty: being thenable is what this is for
  then(_fulfilled?: unknown, rejected?: Callback<unknown, unknown>): PromiseLike<unknown> {
    return typeof rejected === 'function' ? follow(rejected, this.#error) : this
  }
}

function follow<T>(callback: (value: T) => unknown, value: T): PromiseLike<unknown> {
  try {
    const result = callback(value)
    return isAnswer(result) ? result : settled(result)
  } catch (error) {
    return failed(error)
  }
}

const isAnswer = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
