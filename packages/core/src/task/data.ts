import { elements } from '../params/layout.ts'
import type { Examples } from '../ports.ts'
import type { DataSpec } from './task.ts'
import { vocabularySize } from './text.ts'

/** Shape of one example's inputs. */
export const exampleShape = (data: DataSpec): readonly number[] =>
  data.kind === 'text' ? [data.context] : data.shape

/** What a model of this data chooses between: classes, or the tokens of the vocabulary. */
export const classCount = (data: DataSpec): number =>
  data.kind === 'text' ? vocabularySize(data) : data.classes.length

/** How many choices a model makes for one example: one, or of text one at every position of the window. */
export const choicesPerExample = (data: DataSpec): number => (data.kind === 'text' ? data.context : 1)

/** What a byte of the inputs is multiplied by: token numbers stay what they are. */
export const byteUnit = (data: DataSpec): number => (data.kind === 'text' ? 1 : 1 / 255)

/**
 * The right choices, `choicesPerExample` of each of the examples: the labels, and of text before them the tokens of the
 * window from the second on. A view of the labels where they are all.
 */
export function targetsOf(data: DataSpec, { inputs, labels }: Examples): Examples['labels'] {
  if (data.kind !== 'text') return labels
  const { context } = data
  const targets = new Int32Array(labels.length * context)
  for (let window = 0; window < labels.length; window++) {
    const start = window * context
    targets.set(inputs.subarray(start + 1, start + context), start)
    targets[start + context - 1] = labels[window] ?? 0
  }
  return targets
}

/** Values of one example's inputs. */
export const exampleSize = (data: DataSpec): number => elements(exampleShape(data))
