import { codecs, strategies, vectors } from '@gossamer/core'
import { medianTimesMs, type Rounds } from './take-turns.ts'

/** What the project promises: time divided by that of copying the same floats. */
export const goals = { encodeInt8: 2, merge: 1.25, decodeMergeInt8: 1 } as const

/** Two vectors as training leaves them at neighbours. */
export const neighbours = (count: number) => {
  const values = Float32Array.from({ length: count }, (_, i) => Math.sin(i) * 0.1)
  return { values, moved: values.map((x, i) => x + Math.cos(i) * 0.01) }
}

/**
 * What weights go through on a processor, for vectors that live with the codecs; in turns with copying one of them.
 * Like copying, encoding writes where something was before, unless it says new.
 */
export function residentTimes(count: number, rounds: Rounds) {
  const { values, moved } = neighbours(count)
  const pair = vectors.resident(2 * count)
  const [own, theirs] = [pair.subarray(0, count), pair.subarray(count)]
  own.set(moved)
  theirs.set(values)
  const target = new Float32Array(count)
  const bytes = codecs.int8.encode(values)
  const into = bytes.slice()
  return medianTimesMs(
    {
      copy: () => target.set(own),
      encode: () => codecs.int8.encode(own, undefined, into),
      encodeNew: () => codecs.int8.encode(own),
      decode: () => codecs.int8.decode(bytes, count),
      merge: () => vectors.merge(own, theirs, 0.5),
      decodeMerge: () => codecs.int8.merge(bytes, own, 0.5),
    },
    rounds,
  )
}

/** What the default strategy, guard and served model included, makes of a decoded model, up to the check of the loss and after it. */
function defaultStrategy(reference: Float32Array): (theirs: Float32Array) => void {
  const { options, create } = strategies.swap
  const strategy = create(
    Object.fromEntries(Object.entries(options).map(([name, { default: value }]) => [name, value])),
  )
  const progress = { steps: 1, samples: 1 }
  const occasion = { reference, self: progress, everySteps: 1 }
  let state = strategy.init()
  return (theirs) => {
    const received = { ...occasion, from: 'neighbour', theirs, sender: progress, mass: 1 }
    const [judged, proposal] = strategy.receive(state, received)
    if (proposal.type !== 'move') throw new Error(`the model was ${proposal.type}`)
    const [accepted] = strategy.accept(judged, occasion, proposal)
    state = accepted
  }
}

/** The same for vectors anywhere, and the arithmetic of the default strategy after a copy. */
export function timesAnywhere(count: number, rounds: Rounds) {
  const { values, moved } = neighbours(count)
  const target = new Float32Array(count)
  const bytes = codecs.int8.encode(values)
  const into = bytes.slice()
  const merge = defaultStrategy(values)
  return medianTimesMs(
    {
      copy: () => target.set(moved),
      strategy: () => {
        target.set(moved)
        merge(target)
      },
      encode: () => codecs.int8.encode(moved, undefined, into),
      merge: () => vectors.merge(moved, values, 0.5),
      decodeMerge: () => codecs.int8.merge(bytes, moved, 0.5),
    },
    rounds,
  )
}
