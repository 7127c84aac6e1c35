import { elements } from '../params/layout.ts'
import type { ImageShape, Layer, Window } from './layer.ts'
import type { LayerSpec } from './layer-spec.ts'

export class ModelError extends Error {
  override readonly name = 'ModelError'
}

type Shape = readonly number[]

/**
 * The layers that specs describe, one after another from examples of `shape`, images or rows of numbers. Throws
 * ModelError where a shape is impossible, naming the field as `model.layers[<number>]`.
 */
export function layersFrom(shape: Shape, specs: readonly LayerSpec[]): readonly Layer[] {
  let current: Shape = shape
  return specs.flatMap((spec, index) => {
    const layers: readonly Layer[] = layersOfSpec(spec, current, `model.layers[${index}]`)
    for (const layer of layers) current = outputsOf(layer)
    return layers
  })
}

function layersOfSpec(spec: LayerSpec, shape: Shape, field: string): readonly Layer[] {
  switch (spec.type) {
    case 'conv2d': {
      const { filters, activation = 'relu' } = spec
      return [
        {
          type: 'conv2d',
          ...windowOver(imageOf(shape, field, spec), spec, field, filters),
          filters,
          activation,
        },
      ]
    }
    case 'depthwise-conv2d': {
      const { activation = 'relu' } = spec
      return [
        { type: 'depthwise-conv2d', ...windowOver(imageOf(shape, field, spec), spec, field), activation },
      ]
    }
    case 'separable-conv2d': {
      const { filters, activation = 'relu' } = spec
      const each = windowOver(imageOf(shape, field, spec), spec, field)
      const point = windowOver(each.outputs, { kernel: 1 }, field, filters)
      return [
        { type: 'depthwise-conv2d', ...each, activation: 'linear' },
        { type: 'conv2d', ...point, filters, activation },
      ]
    }
    case 'max-pool':
    case 'average-pool': {
      const { type, size, stride = size } = spec
      const window = { kernel: size, stride, kernelField: 'size' }
      return [{ type, ...windowOver(imageOf(shape, field, spec), window, field) }]
    }
    case 'flatten':
      return [{ type: 'flatten', inputs: imageOf(shape, field, spec) }]
    case 'dense': {
      const { units, activation = 'relu' } = spec
      const dense = { type: 'dense', inputs: elements(shape), units, activation } as const
      return shape.length === 1 ? [dense] : [{ type: 'flatten', inputs: imageOf(shape, field, spec) }, dense]
    }
    case 'relu':
      return [{ type: 'relu', inputs: shape }]
    case 'batch-norm': {
      const { momentum = 0.9, epsilon = 1e-3 } = spec
      return [{ type: 'batch-norm', inputs: shape, momentum, epsilon }]
    }
    case 'layer-norm': {
      const { epsilon = 1e-5 } = spec
      return [{ type: 'layer-norm', inputs: shape, epsilon }]
    }
    case 'dropout':
      return [{ type: 'dropout', inputs: shape, rate: spec.rate }]
  }
}

function imageOf(shape: Shape, field: string, { type }: LayerSpec): ImageShape {
  const [height, width, channels] = shape
  if (width !== undefined && channels !== undefined) return [height ?? 0, width, channels]
  throw new ModelError(`${field}.type: ${type} takes images, but what comes in is flat (${shape[0]} values)`)
}

interface WindowSettings {
  readonly kernel: number
  readonly stride?: number
  readonly padding?: 'valid' | 'same'
  readonly kernelField?: string
}

function windowOver(
  inputs: ImageShape,
  { kernel, stride = 1, padding = 'valid', kernelField = 'kernel' }: WindowSettings,
  field: string,
  channels: number = inputs[2],
): Window {
  const [height, width] = inputs
  if (padding === 'valid' && (kernel > height || kernel > width))
    throw new ModelError(
      `${field}.${kernelField}: a window of ${kernel}x${kernel} does not fit into the ${height}x${width} pixels that come in`,
    )
  const places = (size: number): number => Math.ceil((padding === 'same' ? size : size - kernel + 1) / stride)
  return { inputs, outputs: [places(height), places(width), channels], kernel, stride, padding }
}

function outputsOf(layer: Layer): Shape {
  switch (layer.type) {
    case 'dense':
      return [layer.units]
    case 'flatten':
      return [elements(layer.inputs)]
    case 'conv2d':
    case 'depthwise-conv2d':
    case 'max-pool':
    case 'average-pool':
      return layer.outputs
    case 'relu':
    case 'batch-norm':
    case 'layer-norm':
    case 'dropout':
      return layer.inputs
  }
}
