import * as v from 'valibot'
import { ModelError } from './layer-list.ts'
import type { ActivationSpec, LayerSpec } from './layer-spec.ts'

/** A Keras `Sequential` as a list of layers. */
export interface KerasModel {
  /** Of one example. */
  readonly shape: readonly number[]
  /** All but the last, which comes by itself. */
  readonly layers: readonly LayerSpec[]
  /** Of the last layer: units, and what becomes of them. */
  readonly units: number
  readonly outputs: 'softmax' | 'linear'
}

const settings = v.record(v.string(), v.unknown())
const layer = v.object({ class_name: v.string(), config: settings })
const sequential = v.object({
  class_name: v.literal('Sequential'),
  config: v.union([v.array(layer), v.object({ layers: v.array(layer) })]),
})
/** As tfjs says it, or as Keras wraps it. */
const topology = v.union([sequential, v.object({ model_config: sequential })])

type KerasLayer = v.InferOutput<typeof layer>

/**
 * Reads the topology of a `Sequential`, as `model.toJSON(null, false)` of tfjs or the `modelTopology` of a saved model gives
 * it: the same layers with the same parameters in the same order. Weights are not in it. Throws ModelError, naming the
 * layer, for what cannot be said as a list of layers.
 */
export function fromKeras(json: unknown): KerasModel {
  const parsed = v.safeParse(topology, json)
  if (!parsed.success) throw new ModelError('the topology is none of a Keras Sequential')
  const { config } = 'model_config' in parsed.output ? parsed.output.model_config : parsed.output
  const all = Array.isArray(config) ? config : config.layers
  const shape = shapeOf(all[0])
  const named = all.filter(({ class_name }) => class_name !== 'InputLayer')
  const { length } = named
  const last = named.at(-1)
  const [head, outputs] =
    last !== undefined && isSoftmax(last) ? [length - 2, 'softmax' as const] : [length - 1, undefined]
  const dense = named[head]
  if (dense?.class_name !== 'Dense') throw new ModelError('the last layer is no Dense layer')
  let rank = shape.length
  const layers = named.slice(0, head).flatMap((layer) => {
    const specs = specOf(layer, rank)
    if (layer.class_name === 'Flatten') rank = 1
    return specs
  })
  requirePlain(dense)
  requireFlat(dense, rank)
  const { units, activation = 'linear' } = dense.config
  if (activation !== 'linear' && (activation !== 'softmax' || outputs !== undefined))
    throw unfit(dense, `activation ${String(activation)} of the last layer is neither softmax nor linear`)
  return {
    shape,
    layers,
    units: numberOf(dense, 'units', units),
    outputs: outputs ?? (activation as 'softmax' | 'linear'),
  }
}

const isSoftmax = ({ class_name, config }: KerasLayer): boolean =>
  class_name === 'Softmax' || (class_name === 'Activation' && config.activation === 'softmax')

function shapeOf(first: KerasLayer | undefined): readonly number[] {
  const shape = first?.config.batch_input_shape ?? first?.config.batch_shape
  const isShape =
    Array.isArray(shape) && shape.length > 1 && shape.slice(1).every((size) => Number.isInteger(size))
  if (!isShape) throw new ModelError('the first layer does not say what shape goes in')
  return shape.slice(1)
}

/** `rank` is that of what one example brings. */
function specOf(layer: KerasLayer, rank: number): readonly LayerSpec[] {
  const { class_name, config } = layer
  requirePlain(layer)
  switch (class_name) {
    case 'Conv2D':
      return [{ type: 'conv2d', filters: numberOf(layer, 'filters', config.filters), ...windowOf(layer) }]
    case 'DepthwiseConv2D':
      mustBe(layer, 'depth_multiplier', 1)
      return [{ type: 'depthwise-conv2d', ...windowOf(layer) }]
    case 'MaxPooling2D':
      return [{ type: 'max-pool', ...poolOf(layer) }]
    case 'AveragePooling2D':
      return [{ type: 'average-pool', ...poolOf(layer) }]
    case 'Flatten':
      return [{ type: 'flatten' }]
    case 'Dense': {
      requireFlat(layer, rank)
      const units = numberOf(layer, 'units', config.units)
      return [{ type: 'dense', units, activation: activationOf(layer) }]
    }
    case 'BatchNormalization': {
      requireLastAxis(layer, rank)
      const { momentum = 0.99, epsilon = 1e-3 } = config
      return [
        {
          type: 'batch-norm',
          momentum: numberOf(layer, 'momentum', momentum),
          epsilon: numberOf(layer, 'epsilon', epsilon),
        },
      ]
    }
    case 'LayerNormalization':
      requireLastAxis(layer, rank)
      return [{ type: 'layer-norm', epsilon: numberOf(layer, 'epsilon', config.epsilon ?? 1e-3) }]
    case 'Dropout':
      return [{ type: 'dropout', rate: numberOf(layer, 'rate', config.rate) }]
    case 'ReLU':
      mustBe(layer, 'max_value', null)
      mustBe(layer, 'negative_slope', 0)
      mustBe(layer, 'threshold', 0)
      return [{ type: 'relu' }]
    case 'Activation':
      return activationOf(layer) === 'relu' ? [{ type: 'relu' }] : []
    default:
      throw unfit(layer, 'no layer of that kind is known here')
  }
}

/** What would change the mathematics without being in the list of layers. */
function requirePlain(layer: KerasLayer): void {
  mustBe(layer, 'use_bias', true)
  mustBe(layer, 'groups', 1)
  mustBe(layer, 'trainable', true)
  mustBe(layer, 'center', true)
  mustBe(layer, 'scale', true)
  mustBe(layer, 'data_format', 'channels_last')
  mustBe(layer, 'noise_shape', null)
  for (const [field, value] of Object.entries(layer.config))
    if (/_(regularizer|constraint)$/.test(field) && value !== null)
      throw unfit(layer, `${field} is not known here`)
  squareOf(layer, 'dilation_rate', 1)
}

function mustBe(layer: KerasLayer, field: string, value: unknown): void {
  const given = layer.config[field] ?? value
  if (given !== value) throw unfit(layer, `${field} is ${String(given)}, only ${value} is known here`)
}

/** tfjs names the axis by its number, in a layer norm as a list. */
function requireLastAxis(layer: KerasLayer, rank: number): void {
  const { axis = -1 } = layer.config
  const [only, ...more] = Array.isArray(axis) ? axis : [axis]
  if (more.length > 0 || (only !== -1 && only !== rank)) throw unfit(layer, `axis ${axis} is not the last`)
}

/** Keras would put each pixel through it. */
function requireFlat(layer: KerasLayer, rank: number): void {
  if (rank !== 1) throw unfit(layer, 'a Flatten must come before it')
}

function windowOf(layer: KerasLayer) {
  return {
    kernel: squareOf(layer, 'kernel_size', undefined),
    stride: squareOf(layer, 'strides', 1),
    padding: paddingOf(layer),
    activation: activationOf(layer),
  }
}

function poolOf(layer: KerasLayer): { readonly size: number; readonly stride: number } {
  mustBe(layer, 'padding', 'valid')
  const size = squareOf(layer, 'pool_size', 2)
  return { size, stride: squareOf(layer, 'strides', size) }
}

function squareOf(layer: KerasLayer, field: string, otherwise: number | undefined): number {
  const given = layer.config[field] ?? otherwise
  const sides: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (sides.some((side) => side !== sides[0]))
    throw unfit(layer, `${field} [${sides.join(', ')}] is no square`)
  const side = numberOf(layer, field, sides[0])
  if (field === 'dilation_rate' && side !== 1) throw unfit(layer, `${field} is ${side}, only 1 is known here`)
  return side
}

function paddingOf(layer: KerasLayer): 'valid' | 'same' {
  const { padding = 'valid' } = layer.config
  if (padding === 'valid' || padding === 'same') return padding
  throw unfit(layer, `padding ${String(padding)} is neither valid nor same`)
}

function activationOf(layer: KerasLayer): ActivationSpec {
  const { activation = 'linear' } = layer.config
  if (activation === 'relu' || activation === 'linear') return activation
  throw unfit(
    layer,
    `${typeof activation === 'string' ? `activation ${activation}` : 'an activation of its own'} is neither relu nor linear`,
  )
}

function numberOf(layer: KerasLayer, field: string, value: unknown): number {
  if (typeof value === 'number') return value
  throw unfit(layer, `${field} is no number`)
}

const unfit = ({ class_name, config }: KerasLayer, reason: string): ModelError =>
  new ModelError(`${class_name} "${String(config.name)}": ${reason}`)
