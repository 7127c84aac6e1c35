import { elements } from '../params/layout.ts'
import type { Examples } from '../ports.ts'
import { classCount, exampleShape, numberTarget } from './data.ts'
import type { DataSpec } from './task.ts'

/** Why the examples do not fit the task, as a sentence that names the field; undefined where they fit. */
export function examplesProblem(examples: Examples, data: DataSpec, name: string): string | undefined {
  const { inputs, labels } = examples
  const shape = exampleShape(data)
  const size = elements(shape)
  const classes = classCount(data)
  if (labels.length === 0) return `${name} holds no examples: give it at least one.`
  if (elements(examples.shape) !== size)
    return `${name}.shape is [${examples.shape.join(', ')}], but the task trains on [${shape.join(', ')}].`
  if (inputs.length !== labels.length * size)
    return `${name}.inputs holds ${inputs.length} values, but ${labels.length} labels need ${labels.length * size}.`
  const number = numberTarget(data)
  const label = labels.findIndex(
    (value) => !(number === undefined ? isBelow(value, classes) : Number.isFinite(value)),
  )
  if (label !== -1)
    return number === undefined
      ? `${name}.labels[${label}] is ${labels[label]}, but labels are whole numbers from 0 to ${classes - 1}.`
      : `${name}.labels[${label}] is ${labels[label]}: every ${number.name} must be a finite number.`
  if (data.kind === 'text') {
    const token = inputs.findIndex((value) => !isBelow(value, classes))
    if (token !== -1)
      return `${name}.inputs[${token}] is ${inputs[token]}, but tokens are whole numbers from 0 to ${classes - 1}.`
  } else if (inputs instanceof Float32Array) {
    const bad = inputs.findIndex((value) => !Number.isFinite(value))
    if (bad !== -1) return `${name}.inputs[${bad}] is ${inputs[bad]}: every input must be a finite number.`
  }
  return undefined
}

/** Own numbers may lie far from those of others, but not that far. */
const mostDeviations = 100

/** Why the numbers to be learned cannot be those that the task speaks of, as a sentence; undefined where they can. */
export function scaleProblem({ labels }: Examples, data: DataSpec, name: string): string | undefined {
  const target = numberTarget(data)
  if (target === undefined) return undefined
  let sum = 0
  for (const label of labels) sum += label
  const mean = sum / labels.length
  if (Math.abs(mean - target.mean) <= mostDeviations * target.deviation) return undefined
  return (
    `${name}.labels are around ${Number(mean.toPrecision(3))}, but the task says of ${target.name} that its mean is ` +
    `${target.mean} and its deviation ${target.deviation}: set them to about those of your numbers.`
  )
}

const isBelow = (value: number, end: number): boolean => Number.isInteger(value) && value >= 0 && value < end
