import { getBackend } from '@tensorflow/tfjs-core'
import { elements } from '../../../params/layout.ts'
import { exampleShape, numberTarget } from '../../../task/data.ts'
import { type Layer, layersOf } from '../../../task/models.ts'
import type { CompleteTask } from '../../../task/task.ts'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import { batchNormLayer } from './batch-norm-layer.ts'
import { convolutionLayer } from './convolution-layer.ts'
import { denseLayer } from './dense-layer.ts'
import { depthwiseLayer } from './depthwise-layer.ts'
import { dropoutLayer } from './dropout-layer.ts'
import { layerNormLayer } from './layer-norm-layer.ts'
import { type Network, networkOf, squaredErrorGradient } from './network.ts'
import type { NetworkLayer } from './network-layer.ts'
import { averagePoolLayer, maxPoolLayer, reluLayer, reshapeLayer } from './shape-layers.ts'
import { transformerNetwork } from './transformer-network.ts'
import { wasmAttention } from './wasm-attention.ts'

/** The network of a task's model for the backend in use. Throws ModelError for impossible shapes. */
export function networkFor(task: CompleteTask, arithmetic: Arithmetic): Network {
  if (task.model.kind === 'transformer') {
    const attention = getBackend() === 'wasm' ? wasmAttention() : undefined
    return transformerNetwork(task.model, arithmetic, attention)
  }
  const layers = layersOf(task).map((layer, index) => layerFor(layer, index, arithmetic))
  const lossGradient = numberTarget(task.data) === undefined ? undefined : squaredErrorGradient
  return networkOf([reshapeLayer(exampleShape(task.data)), ...layers], arithmetic, lossGradient)
}

function layerFor(layer: Layer, index: number, arithmetic: Arithmetic): NetworkLayer {
  switch (layer.type) {
    case 'dense':
      return denseLayer(layer.activation, arithmetic)
    case 'conv2d':
      return convolutionLayer(layer, arithmetic)
    case 'max-pool':
      return maxPoolLayer(layer)
    case 'flatten':
      return reshapeLayer([elements(layer.inputs)])
    case 'depthwise-conv2d':
      return depthwiseLayer(layer, arithmetic)
    case 'average-pool':
      return averagePoolLayer(layer)
    case 'relu':
      return reluLayer
    case 'batch-norm':
      return batchNormLayer(layer, arithmetic)
    case 'layer-norm':
      return layerNormLayer(layer.epsilon, arithmetic)
    case 'dropout':
      return dropoutLayer(layer.rate, index)
  }
}
