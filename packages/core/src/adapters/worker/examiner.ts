import { derivedSeed, seededRandom } from '../../lib/random.ts'
import type { Measured } from '../../node/snapshot.ts'
import { firstExamples, sampleExamples } from '../../params/sample-examples.ts'
import type { Clock, Examples, Trainer } from '../../ports.ts'
import type { RunningNode } from '../../runtime/run-node.ts'

/** Measures both models on test data now and then, between slices of training. */
export interface Examiner {
  readonly own: () => Measured | undefined
  readonly served: () => Measured | undefined
  /** Begins a measurement where one is due; `done` is called when it ended. */
  look(done: () => void): void
}

const mostExamples = 1_000
const fewestExamples = 200
/** A measurement that takes longer looks at fewer examples the next time. */
const patientMs = 150
const fewestMs = 1_000
/** The first measurement compiles programs; people should not wait for the next because of that. */
const mostMs = 4_000
/** Measuring takes at most this share of the time. */
const share = 0.05

/** Examines on a fixed random sample of 200 to 1,000 test examples, as the device allows; on nothing where there are none. */
export function createExaminer(
  node: RunningNode,
  trainer: Trainer,
  clock: Clock,
  test: Examples | undefined,
  seed: number,
): Examiner {
  const sample =
    test === undefined
      ? undefined
      : sampleExamples(test, mostExamples, seededRandom(derivedSeed(seed, 'examiner')))
  let own: Measured | undefined
  let served: Measured | undefined
  let measuredAt = ''
  let nextMs = 0
  let busy = false
  let count = mostExamples

  return {
    own: () => own,
    served: () => served,
    look: (done) => {
      // Whoever stops may be back at other weights.
      const { steps, merges, status } = node.state()
      const version = `${steps} ${merges} ${status}`
      if (sample === undefined || busy || status === 'left') return
      if (version === measuredAt || clock.now() < nextMs) return
      busy = true
      let spentMs = 0
      const looked = firstExamples(sample, count)
      const measure = (params?: Float32Array): PromiseLike<Measured> =>
        node.turn(() => {
          const startMs = clock.now()
          return trainer.evaluate(looked, params).then((evaluation) => {
            spentMs += clock.now() - startMs
            return evaluation
          })
        })
      measure()
        .then((mine) => {
          const params = node.learner.served()
          const merging = params === undefined ? mine : measure(params)
          return Promise.resolve(merging).then((merged) => {
            own = mine
            served = merged
            measuredAt = version
          })
        })
        .then(undefined, () => {
          // The device failed in the middle: the node hears of it by its own next operation.
        })
        .then(() => {
          busy = false
          const fitting = Math.round((looked.labels.length * patientMs) / Math.max(spentMs, 1))
          count = Math.min(mostExamples, Math.max(fewestExamples, fitting))
          nextMs = clock.now() + Math.min(mostMs, Math.max(fewestMs, spentMs / share))
          done()
        })
    },
  }
}
