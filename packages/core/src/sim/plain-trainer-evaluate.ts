import type { Evaluation } from '../ports.ts'
import type { Kernels } from './kernels.ts'
import type { PlainModel } from './plain-model.ts'
import { forward, type Workspace } from './plain-model-pass.ts'
import { argMax, softmax } from './plain-trainer-loss.ts'

/** Some parameters (their address) and what it takes to look through them. */
export interface Lens {
  readonly kernels: Kernels
  readonly model: PlainModel
  readonly space: Workspace
  readonly classes: number
  readonly params: number
}

export interface ExampleSource {
  readonly count: number
  /** Sees to it that an example's entries, and the bias behind them, are where they can be read; how many they are without it comes back. */
  place(example: number): number
  /** Where they are, in bytes. */
  at(example: number): number
  label(example: number): number
}

/** Runs every example through the model and lets `see` look at its logits, which begin at element `at`. */
function eachExample(lens: Lens, source: ExampleSource, see: (at: number, example: number) => void): void {
  const { kernels, model, space, params } = lens
  for (let example = 0; example < source.count; example++) {
    const count = source.place(example)
    forward(kernels, model, space, params, source.at(example), count)
    see(space.logits / 4, example)
  }
}

/** With `adjustment` added to the logits, as in training; 0 for no examples. */
export function meanLoss(lens: Lens, source: ExampleSource, adjustment: Float32Array): number {
  const { floats } = lens.kernels
  let loss = 0
  eachExample(lens, source, (at, example) => {
    for (let i = 0; i < adjustment.length; i++) floats[at + i] = (floats[at + i] ?? 0) + (adjustment[i] ?? 0)
    loss += softmax(lens.kernels.floats, at, lens.classes, source.label(example))
  })
  return source.count === 0 ? 0 : loss / source.count
}

/** Loss and accuracy are NaN for no examples. */
export function evaluation(lens: Lens, source: ExampleSource): Evaluation {
  const { classes, kernels } = lens
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  let loss = 0
  eachExample(lens, source, (at, example) => {
    const label = source.label(example)
    const counts = confusion[label]
    const predicted = argMax(kernels.floats, at, classes)
    if (counts !== undefined) counts[predicted] = (counts[predicted] ?? 0) + 1
    loss += softmax(kernels.floats, at, classes, label)
  })
  const { count } = source
  const correct = confusion.map((counts, label) => counts[label] ?? 0)
  return {
    loss: loss / count,
    accuracy: sum(correct) / count,
    perClass: confusion.map((counts, label) => (correct[label] ?? 0) / sum(counts)),
    confusion,
    count,
  }
}

/** Row-major [count, classes]. */
export function probabilities(lens: Lens, source: ExampleSource): Float32Array<ArrayBuffer> {
  const { classes, kernels } = lens
  const result = new Float32Array(source.count * classes)
  eachExample(lens, source, (at, example) => {
    softmax(kernels.floats, at, classes, 0)
    result.set(kernels.floats.subarray(at, at + classes), example * classes)
  })
  return result
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
