import { type Tensor, tensor2d, tidy } from '@tensorflow/tfjs-core'
import { elements } from '../../params/layout.ts'
import type { Evaluation, Examples } from '../../ports.ts'
import {
  byteUnit,
  choicesPerExample,
  classCount,
  exampleShape,
  numberTarget,
  outputCount,
  targetsOf,
} from '../../task/data.ts'
import type { DataSpec } from '../../task/task.ts'
import type { Backend } from './backend.ts'
import { gatherInputs } from './batches.ts'
import { crossEntropy } from './cross-entropy.ts'
import { summedSquaredError } from './loss.ts'
import type { Network } from './models/network.ts'

/** Examples that go through the network at a time; of text tokens, or one window where that is more. */
const chunk = { examples: 250, tokens: 1_024 }

export const examplesAtOnce = (data: DataSpec): number =>
  data.kind === 'text' ? Math.ceil(chunk.tokens / data.context) : chunk.examples

/** What a network puts out for inputs, row-major [choices, outputs], a chunk at a time; parameters are only read. */
export async function outputsOf(
  backend: Backend,
  network: Network,
  params: readonly Tensor[],
  inputs: Examples['inputs'],
  data: DataSpec,
): Promise<Float32Array> {
  const shape = exampleShape(data)
  const width = elements(shape)
  const count = inputs.length / width
  const columns = choicesPerExample(data) * outputCount(data)
  const most = examplesAtOnce(data)
  const outputs = new Float32Array(count * columns)
  for (let start = 0; start < count; start += most) {
    const size = Math.min(most, count - start)
    const rows = Int32Array.from({ length: size }, (_, i) => start + i)
    const values = new Float32Array(size * width)
    gatherInputs({ inputs, labels: rows, shape }, rows, values, byteUnit(data))
    backend.use()
    const part = tidy(() => network.outputs(params, tensor2d(values, [size, width])))
    try {
      outputs.set(await part.data<'float32'>(), start * columns)
    } finally {
      part.dispose()
    }
  }
  return outputs
}

/** What the model's outputs for some examples, row-major [choices, outputs], are worth. */
export function evaluationOf(outputs: Float32Array, examples: Examples, data: DataSpec): Evaluation {
  const targets = targetsOf(data, examples)
  return numberTarget(data) === undefined
    ? evaluationOfChoices(outputs, targets, classCount(data))
    : evaluationOfNumbers(outputs, targets)
}

function evaluationOfNumbers(numbers: Float32Array, targets: Examples['labels']): Evaluation {
  const count = targets.length
  const mean = sum(targets) / count
  let spread = 0
  for (const target of targets) spread += (target - mean) ** 2
  const error = summedSquaredError(numbers, targets)
  const explained = spread === 0 ? Number.NaN : 1 - error / spread
  return { loss: error / count, accuracy: explained, perClass: [], confusion: [], count }
}

const sum = (values: Examples['labels']): number => {
  let total = 0
  for (const value of values) total += value
  return total
}

function evaluationOfChoices(logits: Float32Array, labels: Examples['labels'], classes: number): Evaluation {
  const count = labels.length
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  let loss = 0
  let hits = 0
  for (let i = 0; i < count; i++) {
    const label = labels[i] ?? 0
    const predicted = largestOf(logits, i * classes, classes)
    loss += crossEntropy(logits, i * classes, classes, label)
    if (predicted === label) hits++
    const row = confusion[label]
    if (row !== undefined) row[predicted] = (row[predicted] ?? 0) + 1
  }
  const perClass = confusion.map((row, label) => (row[label] ?? 0) / row.reduce((sum, n) => sum + n, 0))
  return { loss: loss / count, accuracy: hits / count, perClass, confusion, count }
}

function largestOf(logits: Float32Array, start: number, classes: number): number {
  let best = 0
  for (let c = 1; c < classes; c++) if ((logits[start + c] ?? 0) > (logits[start + best] ?? 0)) best = c
  return best
}
