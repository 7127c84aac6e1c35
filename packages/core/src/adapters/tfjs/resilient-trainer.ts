import type { Problem } from '../../node/snapshot.ts'
import type { Trainer, Unsubscribe } from '../../ports.ts'
import type { BackendName } from '../browser/session.ts'
import { DeviceError } from './device-error.ts'
import { createRunawayWatch } from './runaway.ts'
import type { TfjsTrainer } from './trainer.ts'

/** A trainer and why it is on the backend where it is. */
export interface Placed {
  readonly trainer: TfjsTrainer
  readonly why: string
}

/** How trainers are made in the place of others, from the given parameters; both reject as createTfjsTrainer does. */
export interface Places {
  /** Above it weights are worth nothing. */
  readonly hopelessLoss: number
  /** On the best backend but those. */
  elsewhere(without: ReadonlySet<BackendName>, parameters: Float32Array): Promise<Placed>
  /** On the device that it was on. */
  again(device: TfjsTrainer['device'], parameters: Float32Array): Promise<TfjsTrainer>
  learningRate(): number
  /** Of trainers made from now on. */
  setLearningRate(rate: number): void
}

export interface ChosenTrainer extends Trainer {
  /** What to choose by the next time, where backends were tried: for `past` of the options. */
  readonly trials?: Uint8Array
  learningRate(): number
  /**
   * Trains at another rate from where it is, on this device alone: the task, and with it the room, stays as it is.
   * What an optimizer remembers begins anew. An operation like all others, one at a time.
   */
  setLearningRate(rate: number): Promise<void>
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
 * Training that ran away is told by a loss that is not finite, and undone: it begins anew at the last good parameters.
 * Rejects only when no backend is left, or for the caller's own errors.
 */
export function createResilientTrainer(first: Placed, places: Places, problem?: Problem): ChosenTrainer {
  const watch = createRunawayWatch(places.hopelessLoss)
  const failed = new Set<BackendName>()
  const listeners = new Set<(problem: Problem | undefined) => void>()
  let placed = first
  let untold = problem
  let disposed = false

  async function moveOn(error: DeviceError): Promise<void> {
    const { trainer } = placed
    failed.add(trainer.device.name)
    const parameters = trainer.lastKnown()
    const next = await places.elsewhere(failed, parameters)
    trainer.dispose()
    if (disposed) next.trainer.dispose()
    placed = { trainer: next.trainer, why: `Moved here, because ${error.message}. ${next.why}` }
    for (const listener of [...listeners]) listener({ code: 'device-lost', detail: error.message })
  }

  /** Never two models on the device at once: the largest one that fits must be able to begin anew. */
  async function beginAnew(parameters: Float32Array): Promise<void> {
    const { trainer, why } = placed
    const { device } = trainer
    trainer.dispose()
    try {
      const next = await places.again(device, parameters)
      if (disposed) next.dispose()
      placed = { trainer: next, why }
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error
      await moveOn(error)
    }
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
    train: async (steps) => {
      const trained = await resilient((trainer) => trainer.train(steps))
      if (steps === 0 || !watch.ranAway(steps, trained.loss)) return trained
      await beginAnew(placed.trainer.lastKnown())
      return { ...trained, loss: Number.isFinite(trained.loss) ? Number.POSITIVE_INFINITY : trained.loss }
    },
    read: (into) => resilient((trainer) => trainer.read(into)),
    write: (params) => resilient((trainer) => trainer.write(params)),
    add: (delta, timesWeighed) => resilient((trainer) => trainer.add(delta, timesWeighed)),
    approach: (model, share) => resilient((trainer) => trainer.approach(model, share)),
    probe: (params) => resilient((trainer) => trainer.probe(params)),
    weigh: (move) => resilient((trainer) => trainer.weigh(move)),
    evaluate: (examples, params) => resilient((trainer) => trainer.evaluate(examples, params)),
    predict: (inputs, params) => resilient((trainer) => trainer.predict(inputs, params)),
    dispose: () => {
      disposed = true
      placed.trainer.dispose()
    },
    learningRate: places.learningRate,
    setLearningRate: async (rate) => {
      const parameters = await resilient((trainer) => trainer.read())
      places.setLearningRate(rate)
      await beginAnew(parameters)
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
