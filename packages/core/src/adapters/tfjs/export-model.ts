import { exampleShape } from '../../task/data.ts'
import { type Layer, layersOf, modelLayout } from '../../task/models.ts'
import type { CompleteTask } from '../../task/task.ts'
import type { ModelArtifacts } from '../browser/session.ts'

/** Keras's name and settings of a layer. */
interface KerasLayer {
  readonly class_name: string
  readonly config: Readonly<Record<string, unknown>>
}

/**
 * The model as a Keras `Sequential` that `tf.loadLayersModel(tf.io.fromMemory(artifacts))` loads. It takes inputs
 * [count, ...shape] between 0 and 1 and gives class probabilities. Throws RangeError for parameters of another
 * size, and for a transformer, which Keras's layers cannot say; the parameters are copied.
 */
export function exportModel(task: CompleteTask, params: Float32Array): ModelArtifacts {
  if (task.model.kind === 'transformer')
    throw new RangeError(
      'A transformer cannot be exported: tfjs has no layers for it that others could load.',
    )
  const layout = modelLayout(task)
  if (params.length !== layout.size)
    throw new RangeError(`${params.length} parameters where ${layout.size} belong`)
  return {
    format: 'layers-model',
    generatedBy: 'Gossamer',
    modelTopology: {
      class_name: 'Sequential',
      config: { name: task.name.replaceAll('-', '_'), layers: kerasLayers(task) },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightSpecs: layout.tensors.map(({ name, shape }) => ({
      name: `layer_${name}`,
      shape: [...shape],
      dtype: 'float32',
    })),
    weightData: params.slice().buffer,
  }
}

function kerasLayers(task: CompleteTask): readonly KerasLayer[] {
  const layers = layersOf(task)
  return layers.map((layer, index) => {
    const input =
      index === 0 ? { batch_input_shape: [null, ...exampleShape(task.data)], dtype: 'float32' } : {}
    const { class_name, config } = kerasLayer(layer, index === layers.length - 1)
    return { class_name, config: { name: `layer_${index}`, trainable: true, ...input, ...config } }
  })
}

function kerasLayer(layer: Layer, last: boolean): KerasLayer {
  const activation = last ? 'softmax' : 'activation' in layer ? layer.activation : 'linear'
  const channelsLast = { data_format: 'channels_last' }
  switch (layer.type) {
    case 'flatten':
      return { class_name: 'Flatten', config: {} }
    case 'max-pool': {
      const { kernel, stride, padding } = layer
      const sizes = { pool_size: [kernel, kernel], strides: [stride, stride], padding }
      return { class_name: 'MaxPooling2D', config: { ...channelsLast, ...sizes } }
    }
    case 'conv2d': {
      const { filters, kernel, stride, padding } = layer
      const sizes = { filters, kernel_size: [kernel, kernel], strides: [stride, stride], padding }
      return { class_name: 'Conv2D', config: { ...channelsLast, ...sizes, activation, use_bias: true } }
    }
    case 'dense':
      return { class_name: 'Dense', config: { units: layer.units, activation, use_bias: true } }
    case 'depthwise-conv2d':
    case 'average-pool':
    case 'relu':
    case 'batch-norm':
    case 'layer-norm':
    case 'dropout':
      throw new Error(`a ${layer.type} layer cannot be exported yet`)
  }
}
