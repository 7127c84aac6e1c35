import * as v from 'valibot'
import type { TrainingSpec } from './task.ts'

const number = (least: number, most: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(most))
const learningRate = v.pipe(v.number(), v.gtValue(0), v.maxValue(10))

const optimizer = v.variant('kind', [
  v.strictObject({ kind: v.literal('sgd'), learningRate }),
  v.strictObject({ kind: v.literal('momentum'), learningRate, momentum: v.optional(number(0, 0.999), 0.9) }),
  v.strictObject({ kind: v.literal('adam'), learningRate }),
  v.strictObject({ kind: v.literal('adamw'), learningRate, weightDecay: v.optional(number(0, 10), 0.01) }),
])

/** Complete but for the logit adjustment, which depends on the data where a task does not say. */
type Given = Omit<TrainingSpec, 'logitAdjustment'> & { readonly logitAdjustment?: boolean | undefined }

/** How a room trains. */
export const training: v.GenericSchema<unknown, Given> = v.strictObject({
  optimizer,
  batchSize: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024)),
  clipNorm: v.optional(number(0, 1e6), 2),
  logitAdjustment: v.optional(v.boolean()),
  proximal: v.optional(number(0, 100), 0),
})
