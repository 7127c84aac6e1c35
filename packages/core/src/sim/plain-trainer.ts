import { settled } from '../lib/eventual.ts'
import { derivedSeed, seededRandom, shuffle } from '../lib/random.ts'
import { probeExamples } from '../params/sample-examples.ts'
import { axpy } from '../params/vector.ts'
import type { Evaluation, Examples, Trained, Trainer } from '../ports.ts'
import { classCount, exampleSize } from '../task/data.ts'
import { adjustmentFor } from '../task/logit-adjustment.ts'
import { initialParameters } from '../task/models.ts'
import type { CompleteTask } from '../task/task.ts'
import { pack, plainModel, unpack } from './plain-model.ts'
import { workspace } from './plain-model-pass.ts'
import {
  type ExampleSource,
  evaluation,
  type Lens,
  meanLoss,
  probabilities,
} from './plain-trainer-evaluate.ts'
import { epochs } from './plain-trainer-sampler.ts'
import { createStepper } from './plain-trainer-step.ts'
import { entriesAt, entriesOf, type SparseDataset, sparseDataset, writeInputs } from './sparse.ts'

export type PlainTrainerOptions = {
  readonly task: CompleteTask
  /** Of the order in which examples come and of the choice of the probe; the initial parameters follow from the task's. */
  readonly seed: number
} & (
  | { readonly examples: Examples }
  /** A share of a dataset that other trainers share too: the rows `indices`, or all. */
  | { readonly dataset: SparseDataset; readonly indices?: Int32Array }
)

export interface PlainTrainer extends Trainer {
  /** Evaluates given parameters on own examples, the first `count` or all: they need not be brought in each time. */
  evaluateOwn(params: Float32Array, count?: number): Evaluation
}

/**
 * Softmax regression or a network with one hidden ReLU layer, trained by the task's optimizer on true gradients without
 * tfjs: for simulations and tests. It skips zero inputs, and runs its inner loops as WebAssembly SIMD. Every
 * answer is there at once, and equal seeds give equal bits. A batch reaches over the end of an epoch into the next
 * shuffle. Without examples of its own it stays where it is, with a loss of 0.
 *
 * Throws TypeError for a model that is no multilayer perceptron of at most one hidden layer, RangeError for
 * parameters, inputs or labels that do not fit.
 */
export function createPlainTrainer(options: PlainTrainerOptions): PlainTrainer {
  const { task, seed } = options
  const model = plainModel(task)
  const dataset = 'dataset' in options ? options.dataset : sparseDataset(options.examples)
  const rows = ('indices' in options ? options.indices : undefined) ?? everyRow(dataset.count)
  const width = exampleSize(task.data)
  const classes = classCount(task.data)
  if (dataset.width !== width)
    throw new RangeError(`examples: ${dataset.width} inputs, the task has ${width}`)
  requireLabels(rows, dataset.labels, classes)

  const { kernels } = dataset
  const params = kernels.allocate(model.bytes)
  const nextRow = epochs(rows, seededRandom(derivedSeed(seed, 'batches')))
  const ownLabels = Int32Array.from(rows, (row) => dataset.labels[row] ?? 0)
  const adjustment = adjustmentFor(task, ownLabels)
  const stepper = createStepper({ task, model, dataset, adjustment, params })
  const probeRows = shuffle(rows.slice(), seededRandom(derivedSeed(seed, 'probe'))).subarray(0, probeExamples)
  let disposed = false

  const ownExamples = (chosen: Int32Array): ExampleSource => ({
    count: chosen.length,
    place: (i) => entriesOf(dataset, chosen[i] ?? 0),
    at: (i) => entriesAt(dataset, chosen[i] ?? 0),
    label: (i) => dataset.labels[chosen[i] ?? 0] ?? 0,
  })

  /** Through the lens' own room, one after the other. */
  const givenExamples = (
    { space }: Lens,
    { inputs, labels }: Pick<Examples, 'inputs' | 'labels'>,
  ): ExampleSource => ({
    count: labels.length,
    place: (i) => writeInputs(kernels, space.entries / 4, inputs, i * width, width),
    at: () => space.entries,
    label: (i) => labels[i] ?? 0,
  })

  /** What the kernels need to look at examples with these parameters, or with the replica's. */
  function lens(given: Float32Array | undefined): Lens {
    const space = workspace(kernels, model)
    if (given === undefined) return { kernels, model, space, classes, params }
    requireSize(given, model.layout.size)
    kernels.floats.fill(0, space.params / 4, (space.params + model.bytes) / 4)
    pack(model, given, kernels.floats, space.params / 4)
    return { kernels, model, space, classes, params: space.params }
  }

  function write(values: Float32Array): void {
    requireSize(values, model.layout.size)
    pack(model, values, kernels.floats, params / 4)
    stepper.anchor()
  }

  function read(): Float32Array<ArrayBuffer> {
    if (disposed) throw new Error('the trainer is disposed')
    return unpack(model, kernels.floats, params / 4)
  }

  write(initialParameters(model.layout, task.seed))

  return {
    layout: model.layout,
    samples: rows.length,
    train: (steps) =>
      settled<Trained>(rows.length === 0 ? { steps, samples: 0, loss: 0 } : stepper.train(steps, nextRow)),
    read: () => settled(read()),
    write: (values) => settled(write(values)),
    add: (delta) => {
      requireSize(delta, model.layout.size)
      const sum = read()
      axpy(sum, 1, delta)
      return settled(write(sum))
    },
    probe: (values) => settled(meanLoss(lens(values), ownExamples(probeRows), adjustment)),
    evaluate: (examples, values) => {
      requireSize(examples.inputs, examples.labels.length * width)
      requireLabels(everyRow(examples.labels.length), examples.labels, classes)
      const through = lens(values)
      return settled(evaluation(through, givenExamples(through, examples)))
    },
    evaluateOwn: (values, count = rows.length) =>
      evaluation(lens(values), ownExamples(rows.subarray(0, count))),
    predict: (inputs, values) => {
      const labels = new Uint8Array(inputs.length / width)
      requireSize(inputs, labels.length * width)
      const through = lens(values)
      return settled(probabilities(through, givenExamples(through, { inputs, labels })))
    },
    dispose: () => {
      if (disposed) return
      disposed = true
      stepper.dispose()
      kernels.release(params, model.bytes)
    },
  }
}

const everyRow = (count: number): Int32Array => Int32Array.from({ length: count }, (_, row) => row)

function requireSize(values: Float32Array | Uint8Array, size: number): void {
  if (values.length !== size) throw new RangeError(`${values.length} values where ${size} belong`)
}

function requireLabels(rows: Int32Array, labels: Examples['labels'], classes: number): void {
  for (const row of rows) {
    const label = labels[row]
    if (label === undefined || !Number.isInteger(label) || label < 0 || label >= classes)
      throw new RangeError(`examples: label ${label} of row ${row} is none of ${classes} classes`)
  }
}
