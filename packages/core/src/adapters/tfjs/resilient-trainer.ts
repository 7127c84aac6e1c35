import type { Problem } from '../../node/snapshot.ts'
import type { Trainer, Unsubscribe } from '../../ports.ts'
import type { BackendName } from '../browser/session.ts'
import { DeviceError } from './device-error.ts'
import type { TfjsTrainer } from './trainer.ts'

/** A trainer and why it is on the backend where it is. */
export interface Placed {
  readonly trainer: TfjsTrainer
  readonly why: string
}

/** Builds a trainer on the best backend but those, from the given parameters. */
export type Place = (without: ReadonlySet<BackendName>, parameters: Float32Array) => Promise<Placed>

export interface ChosenTrainer extends Trainer {
  /** Where it trains now: the backend, what is behind it, and why it was chosen, as sentences with figures. */
  backend(): { readonly name: BackendName; readonly adapter: string; readonly why: string }
  /**
   * Called whenever training moved to another backend, with the problem that caused it. A problem from before
   * (a wanted backend that does not work) is told to the first listener.
   */
  onMoved(listener: (problem: Problem | undefined) => void): Unsubscribe
}

/**
 * A trainer that outlives its device: when an operation rejects with DeviceError, it goes on from the last known
 * parameters on the next backend and repeats the operation. A backend that failed once is not returned to.
 * Rejects only when no backend is left, or for the caller's own errors.
 */
export function createResilientTrainer(first: Placed, place: Place, problem?: Problem): ChosenTrainer {
  const failed = new Set<BackendName>()
  const listeners = new Set<(problem: Problem | undefined) => void>()
  let placed = first
  let untold = problem
  let disposed = false

  async function moveOn(error: DeviceError): Promise<void> {
    const { trainer } = placed
    failed.add(trainer.device.name)
    const next = await place(failed, trainer.lastKnown())
    trainer.dispose()
    if (disposed) next.trainer.dispose()
    placed = { trainer: next.trainer, why: `Moved here, because ${error.message}. ${next.why}` }
    for (const listener of [...listeners]) listener({ code: 'device-lost', detail: error.message })
  }

  async function resilient<T>(operation: (trainer: TfjsTrainer) => PromiseLike<T>): Promise<T> {
    for (;;) {
      try {
        return await operation(placed.trainer)
      } catch (error) {
        if (!(error instanceof DeviceError) || disposed) throw error
        await moveOn(error)
      }
    }
  }

  return {
    layout: first.trainer.layout,
    samples: first.trainer.samples,
    train: (steps) => resilient((trainer) => trainer.train(steps)),
    read: () => resilient((trainer) => trainer.read()),
    write: (params) => resilient((trainer) => trainer.write(params)),
    add: (delta) => resilient((trainer) => trainer.add(delta)),
    probe: (params) => resilient((trainer) => trainer.probe(params)),
    evaluate: (examples, params) => resilient((trainer) => trainer.evaluate(examples, params)),
    predict: (inputs, params) => resilient((trainer) => trainer.predict(inputs, params)),
    dispose: () => {
      disposed = true
      placed.trainer.dispose()
    },
    backend: () => {
      const { name, adapter } = placed.trainer.device
      return { name, adapter, why: placed.why }
    },
    onMoved: (listener) => {
      listeners.add(listener)
      const known = untold
      untold = undefined
      if (known !== undefined) queueMicrotask(() => listener(known))
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
