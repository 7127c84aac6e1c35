import type { Layer, Window } from '../../task/layer.ts'

/** Keras's name and settings of a layer. */
export interface KerasLayer {
  readonly class_name: string
  readonly config: Readonly<Record<string, unknown>>
}

/** The layer as Keras has it; what comes out may be made probabilities instead of logits. */
export function kerasLayer(layer: Layer, asProbabilities: boolean): KerasLayer {
  switch (layer.type) {
    case 'flatten':
      return { class_name: 'Flatten', config: {} }
    case 'max-pool':
      return { class_name: 'MaxPooling2D', config: poolConfig(layer) }
    case 'average-pool':
      return { class_name: 'AveragePooling2D', config: poolConfig(layer) }
    case 'conv2d': {
      const { filters, activation } = layer
      return { class_name: 'Conv2D', config: { ...windowConfig(layer), filters, activation, use_bias: true } }
    }
    case 'depthwise-conv2d': {
      const { activation } = layer
      const config = { ...windowConfig(layer), depth_multiplier: 1, activation, use_bias: true }
      return { class_name: 'DepthwiseConv2D', config }
    }
    case 'dense': {
      const activation = asProbabilities ? 'softmax' : layer.activation
      return { class_name: 'Dense', config: { units: layer.units, activation, use_bias: true } }
    }
    case 'relu':
      return { class_name: 'Activation', config: { activation: 'relu' } }
    case 'batch-norm': {
      const config = { axis: -1, momentum: layer.momentum, epsilon: layer.epsilon }
      return { class_name: 'BatchNormalization', config: { ...config, center: true, scale: true } }
    }
    case 'layer-norm': {
      const config = { axis: -1, epsilon: layer.epsilon, center: true, scale: true }
      return { class_name: 'LayerNormalization', config }
    }
    case 'dropout':
      return { class_name: 'Dropout', config: { rate: layer.rate } }
  }
}

const windowConfig = ({ kernel, stride, padding }: Window): Readonly<Record<string, unknown>> => ({
  kernel_size: [kernel, kernel],
  strides: [stride, stride],
  padding,
  data_format: 'channels_last',
})

const poolConfig = ({ kernel, stride, padding }: Window): Readonly<Record<string, unknown>> => ({
  pool_size: [kernel, kernel],
  strides: [stride, stride],
  padding,
  data_format: 'channels_last',
})
