import { elements } from '../params/layout.ts'
import type { Examples } from '../ports.ts'
import type { DataSpec, NumberTarget } from './task.ts'
import { vocabularySize } from './text.ts'

/** What a model of this data says a number of, where it chooses no class. */
export const numberTarget = (data: DataSpec): NumberTarget | undefined =>
  data.kind !== 'text' && data.target?.kind === 'number' ? data.target : undefined

/** Shape of one example's inputs. */
export function exampleShape(data: DataSpec): readonly number[] {
  switch (data.kind) {
    case 'image':
      return data.shape
    case 'table':
      return [data.columns.length]
    case 'text':
      return [data.context]
  }
}

/** What a model of this data chooses between: classes, or the tokens of the vocabulary; 0 where it says a number. */
export function classCount(data: DataSpec): number {
  switch (data.kind) {
    case 'image':
      return data.classes?.length ?? 0
    case 'table':
      return data.target.kind === 'class' ? data.target.classes.length : 0
    case 'text':
      return vocabularySize(data)
  }
}

/** What a model puts out for each choice: a logit for each class, or one number. */
export const outputCount = (data: DataSpec): number => Math.max(1, classCount(data))

/** How many choices a model makes for one example: one, or of text one at every position of the window. */
export const choicesPerExample = (data: DataSpec): number => (data.kind === 'text' ? data.context : 1)

/** What a byte of the inputs is multiplied by: token numbers stay what they are. */
export const byteUnit = (data: DataSpec): number => (data.kind === 'text' ? 1 : 1 / 255)

/**
 * What the model should have said, `choicesPerExample` of each of the examples: the labels; of text before them the tokens
 * of the window from the second on; numbers in deviations from their mean. A view of the labels where they are all.
 */
export function targetsOf(data: DataSpec, { inputs, labels }: Examples): Examples['labels'] {
  const number = numberTarget(data)
  if (number !== undefined)
    return Float32Array.from(labels, (label) => (label - number.mean) / number.deviation)
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
