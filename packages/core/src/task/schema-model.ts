import * as v from 'valibot'
import type { ModelSpec } from './task.ts'

const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max))
const sizes = (most: number, size: number) => v.pipe(v.array(count(size)), v.maxLength(most))

const activation = v.exactOptional(v.picklist(['relu', 'linear']), 'relu')
const window = {
  kernel: count(7),
  stride: v.exactOptional(count(7), 1),
  padding: v.exactOptional(v.picklist(['valid', 'same']), 'valid'),
  activation,
}
const epsilon = v.pipe(v.number(), v.minValue(1e-7), v.maxValue(1))
const pool = v.object({ size: count(16), stride: v.exactOptional(count(16)) })

const layer = v.variant('type', [
  v.strictObject({ type: v.literal('conv2d'), filters: count(2048), ...window }),
  v.strictObject({ type: v.literal('depthwise-conv2d'), ...window }),
  v.strictObject({ type: v.literal('separable-conv2d'), filters: count(2048), ...window }),
  v.strictObject({ type: v.literal('max-pool'), ...pool.entries }),
  v.strictObject({ type: v.literal('average-pool'), ...pool.entries }),
  v.strictObject({ type: v.literal('relu') }),
  v.strictObject({ type: v.literal('flatten') }),
  v.strictObject({ type: v.literal('dense'), units: count(4096), activation }),
  v.strictObject({
    type: v.literal('batch-norm'),
    momentum: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.999)), 0.9),
    epsilon: v.exactOptional(epsilon, 1e-3),
  }),
  v.strictObject({ type: v.literal('layer-norm'), epsilon: v.exactOptional(epsilon, 1e-5) }),
  v.strictObject({ type: v.literal('dropout'), rate: v.pipe(v.number(), v.minValue(0), v.maxValue(0.95)) }),
])

/** What a task may say of its model; whether the shapes are possible, building it tells. */
export const model: v.GenericSchema<ModelSpec> = v.variant('kind', [
  v.strictObject({ kind: v.literal('mlp'), hidden: sizes(8, 4096) }),
  v.strictObject({
    kind: v.literal('cnn'),
    filters: v.pipe(sizes(4, 512), v.minLength(1)),
    hidden: sizes(4, 4096),
  }),
  v.strictObject({ kind: v.literal('layers'), layers: v.pipe(v.array(layer), v.maxLength(64)) }),
  v.strictObject({
    kind: v.literal('transformer'),
    width: v.pipe(count(1024), v.multipleOf(4)),
    heads: count(16),
    blocks: count(16),
  }),
])
