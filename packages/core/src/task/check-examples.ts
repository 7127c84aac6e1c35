import { elements } from '../params/layout.ts'
import type { Examples } from '../ports.ts'
import type { DataSpec } from './task.ts'

/** Why the examples do not fit the task, as a sentence that names the field; undefined where they fit. */
export function examplesProblem(
  examples: Examples,
  { shape, classes }: DataSpec,
  name: string,
): string | undefined {
  const { inputs, labels } = examples
  const size = elements(shape)
  if (labels.length === 0) return `${name} holds no examples: give it at least one.`
  if (elements(examples.shape) !== size)
    return `${name}.shape is [${examples.shape.join(', ')}], but the task trains on [${shape.join(', ')}].`
  if (inputs.length !== labels.length * size)
    return `${name}.inputs holds ${inputs.length} values, but ${labels.length} labels need ${labels.length * size}.`
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? -1
    if (!Number.isInteger(label) || label < 0 || label >= classes.length)
      return `${name}.labels[${i}] is ${label}, but labels are whole numbers from 0 to ${classes.length - 1}.`
  }
  if (inputs instanceof Float32Array) {
    const bad = inputs.findIndex((value) => !Number.isFinite(value))
    if (bad !== -1) return `${name}.inputs[${bad}] is ${inputs[bad]}: every input must be a finite number.`
  }
  return undefined
}
