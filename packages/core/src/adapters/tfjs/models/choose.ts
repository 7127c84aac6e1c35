import { elements } from '../../../params/layout.ts'
import { type Layer, layersOf } from '../../../task/models.ts'
import type { CompleteTask } from '../../../task/task.ts'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import { convolutionLayer } from './convolution-layer.ts'
import { denseLayer } from './dense-layer.ts'
import { type Network, networkOf } from './network.ts'
import type { NetworkLayer } from './network-layer.ts'
import { maxPoolLayer, reshapeLayer } from './shape-layers.ts'

/** The network of a task's model. Throws ModelError for impossible shapes. */
export function networkFor(task: CompleteTask, arithmetic: Arithmetic): Network {
  const layers = layersOf(task).map((layer) => layerFor(layer, arithmetic))
  return networkOf([reshapeLayer(task.data.shape), ...layers], arithmetic)
}

function layerFor(layer: Layer, arithmetic: Arithmetic): NetworkLayer {
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
    case 'average-pool':
    case 'batch-norm':
    case 'layer-norm':
    case 'dropout':
      throw new Error(`a ${layer.type} layer cannot be trained yet`)
  }
}
