import { classCount, numberTarget } from '../../task/data.ts'
import type { DataSpec } from '../../task/task.ts'
import { crossEntropy } from './cross-entropy.ts'

/** Sums over choices: `outputs` row-major [choices, outputs], `targets` as `targetsOf` gives them. */
export type SummedLoss = (outputs: Float32Array, targets: ArrayLike<number>) => number

/** What training on such data makes small: cross-entropy in nats, or for numbers the squared error in deviations. */
export function summedLossOf(data: DataSpec): SummedLoss {
  if (numberTarget(data) !== undefined) return summedSquaredError
  const classes = classCount(data)
  return (logits, labels) => {
    let sum = 0
    for (let i = 0; i < labels.length; i++) sum += crossEntropy(logits, i * classes, classes, labels[i] ?? 0)
    return sum
  }
}

/** One number for each choice. */
export function summedSquaredError(outputs: Float32Array, targets: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < targets.length; i++) sum += ((outputs[i] ?? 0) - (targets[i] ?? 0)) ** 2
  return sum
}
