import type { Examples, Layout, Trained, Trainer } from '@gossamer/core'
import { epochs, seededRandom, settled, shuffle, softmax } from '@gossamer/core/sim'
import { evaluationOf, lossOf, probabilitiesOf } from './judge.ts'
import type { Network } from './network.ts'
import { adjustmentOf, type Rule, rateAt } from './rule.ts'
import { batchSize, classes, float, image, parameters, vectorBytes } from './shapes.ts'

export interface TrainerOptions {
  readonly network: Network
  readonly layout: Layout
  readonly initial: Float32Array
  /** Inputs are bytes. */
  readonly data: Examples
  /** This peer's rows of the data. */
  readonly rows: Int32Array
  readonly rule: Rule
  /** Of the order of examples and the choice of the probe. */
  readonly seed: number
}

const probeExamples = 64
const pixels = image * image

/** Trains the published network on some rows of a dataset. Every answer is there at once; one seed gives one result. */
export function createTrainer({ network, layout, initial, data, rows, rule, seed }: TrainerOptions): Trainer {
  const { memory, room } = network
  const { run } = memory
  const params = memory.allocate(vectorBytes)
  const given = memory.allocate(vectorBytes)
  const mean = memory.allocate(vectorBytes)
  const square = memory.allocate(vectorBytes)
  const nextRow = epochs(rows, seededRandom(seed))
  const probe = shuffle(rows.slice(), seededRandom(seed + 1)).subarray(0, probeExamples)
  const counts = new Array<number>(classes).fill(0)
  for (const row of rows) counts[data.labels[row] ?? 0] = (counts[data.labels[row] ?? 0] ?? 0) + 1
  const adjustment = adjustmentOf(rule, counts)
  let stepsTaken = 0

  const put = (address: number, values: Float32Array): number => {
    if (values.length !== parameters)
      throw new RangeError(`${values.length} values where ${parameters} belong`)
    memory.floats.set(values, address / float)
    return address
  }

  /** One step down the gradient of the next batch; its loss, summed over the examples. */
  function step(): number {
    const { floats } = memory
    const chosen = Array.from({ length: batchSize }, nextRow)
    chosen.forEach((row, i) => {
      const to = room.inputs / float + i * pixels
      const from = row * pixels
      for (let p = 0; p < pixels; p++) floats[to + p] = (data.inputs[from + p] ?? 0) / 255
    })
    network.forward(params, batchSize)
    let loss = 0
    chosen.forEach((row, i) => {
      const logits = room.logits / float + 16 * i
      const label = data.labels[row] ?? 0
      for (let c = 0; c < classes; c++) floats[logits + c] = (floats[logits + c] ?? 0) + (adjustment[c] ?? 0)
      loss += softmax(floats, logits, classes, label)
      for (let c = 0; c < classes; c++)
        floats[logits + c] = ((floats[logits + c] ?? 0) - (c === label ? 1 : 0)) / batchSize
    })
    network.backward(params, batchSize)
    descend()
    return loss
  }

  function descend(): void {
    const { gradient } = room
    const length = rule.clipNorm > 0 ? Math.sqrt(run.squareSum(gradient, vectorBytes)) : 0
    const scale = length > rule.clipNorm ? rule.clipNorm / length : 1
    const rate = rateAt(rule, stepsTaken)
    stepsTaken++
    if (rule.optimizer === 'sgd') {
      run.descend(params, gradient, mean, vectorBytes, scale, rate, rule.momentum)
      return
    }
    const corrected = rate / (1 - 0.9 ** stepsTaken)
    const correction = 1 / (1 - 0.999 ** stepsTaken)
    run.descendAdam(params, gradient, mean, square, vectorBytes, scale, corrected, correction)
  }

  function train(steps: number): Trained {
    let loss = 0
    for (let i = 0; i < steps; i++) loss += step()
    const samples = steps * batchSize
    return { steps, samples, loss: samples === 0 ? 0 : loss / samples }
  }

  const own = (): Float32Array<ArrayBuffer> =>
    memory.floats.slice(params / float, params / float + parameters)
  const lens = (values: Float32Array | undefined) => ({
    network,
    params: values === undefined ? params : put(given, values),
  })

  put(params, initial)

  return {
    layout,
    samples: rows.length,
    train: (steps) => settled(train(steps)),
    read: () => settled(own()),
    write: (values) => {
      put(params, values)
      return settled(undefined)
    },
    add: (delta) => {
      const { floats } = memory
      for (let i = 0; i < parameters; i++) {
        const to = params / float + i
        floats[to] = (floats[to] ?? 0) + (delta[i] ?? 0)
      }
      return settled(undefined)
    },
    probe: (values) => settled(lossOf(lens(values), data, probe, adjustment)),
    evaluate: (examples, values) => settled(evaluationOf(lens(values), examples)),
    predict: (inputs, values) => settled(probabilitiesOf(lens(values), inputs)),
    dispose: () => {},
  }
}
