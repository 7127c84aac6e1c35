import type { Examples } from '../ports.ts'

/** A softmax regression, or a network with one hidden ReLU layer, in plain float64: slow, and easy to check by eye. */
export interface ReferenceModel {
  readonly inputs: number
  /** Units of the hidden layer; 0: there is none. */
  readonly hidden: number
  readonly classes: number
}

/** Kernel then bias of each layer, row-major: the order of the flat parameters. */
interface ReferenceLayer {
  readonly rows: number
  readonly columns: number
  readonly offset: number
}

export const referenceSize = (model: ReferenceModel): number =>
  layersOf(model).reduce((sum, { rows, columns }) => sum + (rows + 1) * columns, 0)

function layersOf({ inputs, hidden, classes }: ReferenceModel): readonly ReferenceLayer[] {
  if (hidden === 0) return [{ rows: inputs, columns: classes, offset: 0 }]
  return [
    { rows: inputs, columns: hidden, offset: 0 },
    { rows: hidden, columns: classes, offset: (inputs + 1) * hidden },
  ]
}

function weightedSums(params: ArrayLike<number>, layer: ReferenceLayer, input: readonly number[]): number[] {
  return Array.from({ length: layer.columns }, (_, j) => {
    let sum = params[layer.offset + layer.rows * layer.columns + j] ?? 0
    for (let i = 0; i < layer.rows; i++)
      sum += (input[i] ?? 0) * (params[layer.offset + i * layer.columns + j] ?? 0)
    return sum
  })
}

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits)
  const powers = logits.map((logit) => Math.exp(logit - largest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

function inputOf({ inputs, labels }: Examples, row: number): number[] {
  const width = inputs.length / labels.length
  const scale = inputs instanceof Uint8Array ? 255 : 1
  return Array.from(inputs.subarray(row * width, (row + 1) * width), (value) => value / scale)
}

/** Class probabilities of one example. */
export function referenceProbabilities(
  model: ReferenceModel,
  params: ArrayLike<number>,
  examples: Examples,
  row: number,
  adjustment: ArrayLike<number> = [],
): number[] {
  let latest = inputOf(examples, row)
  for (const [index, layer] of layersOf(model).entries())
    latest = weightedSums(params, layer, index === 0 ? latest : latest.map((value) => Math.max(0, value)))
  return softmax(latest.map((logit, c) => logit + (adjustment[c] ?? 0)))
}

/** Mean cross-entropy over all examples. */
export function referenceLoss(
  model: ReferenceModel,
  params: ArrayLike<number>,
  examples: Examples,
  adjustment: ArrayLike<number> = [],
): number {
  const { labels } = examples
  let sum = 0
  for (let row = 0; row < labels.length; row++)
    sum -= Math.log(referenceProbabilities(model, params, examples, row, adjustment)[labels[row] ?? 0] ?? 0)
  return sum / labels.length
}

/** Gradient of the mean cross-entropy over all examples, in parameter order. */
export function referenceGradient(
  model: ReferenceModel,
  params: ArrayLike<number>,
  examples: Examples,
  adjustment: ArrayLike<number> = [],
): Float64Array {
  const gradient = new Float64Array(referenceSize(model))
  const layers = layersOf(model)
  const [first, second] = layers
  if (first === undefined) return gradient
  for (let row = 0; row < examples.labels.length; row++) {
    const input = inputOf(examples, row)
    const hidden = weightedSums(params, first, input)
    const delta = referenceProbabilities(model, params, examples, row, adjustment)
    const label = examples.labels[row] ?? 0
    delta[label] = (delta[label] ?? 0) - 1
    if (second === undefined) {
      accumulate(gradient, first, input, delta)
      continue
    }
    const active = hidden.map((value) => Math.max(0, value))
    accumulate(gradient, second, active, delta)
    const back = hidden.map((value, i) => {
      if (value <= 0) return 0
      return delta.reduce(
        (sum, error, j) => sum + error * (params[second.offset + i * second.columns + j] ?? 0),
        0,
      )
    })
    accumulate(gradient, first, input, back)
  }
  return gradient.map((sum) => sum / examples.labels.length)
}

function accumulate(
  gradient: Float64Array,
  { rows, columns, offset }: ReferenceLayer,
  input: readonly number[],
  delta: readonly number[],
): void {
  for (let j = 0; j < columns; j++) {
    const error = delta[j] ?? 0
    for (let i = 0; i < rows; i++) {
      const at = offset + i * columns + j
      gradient[at] = (gradient[at] ?? 0) + (input[i] ?? 0) * error
    }
    const bias = offset + rows * columns + j
    gradient[bias] = (gradient[bias] ?? 0) + error
  }
}

/** Parameters after one step of SGD on the mean gradient of all examples, clipped to a global L2 norm (0: not). */
export function referenceStep(
  model: ReferenceModel,
  params: Float32Array,
  examples: Examples,
  learningRate: number,
  clipNorm: number,
  adjustment: ArrayLike<number> = [],
): Float64Array {
  const gradient = referenceGradient(model, params, examples, adjustment)
  const norm = Math.hypot(...gradient)
  const scale = learningRate * (clipNorm === 0 ? 1 : Math.min(1, clipNorm / norm))
  return Float64Array.from(params, (value, i) => value - scale * (gradient[i] ?? 0))
}
