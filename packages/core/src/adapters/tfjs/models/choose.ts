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
  const layers = layersOf(task).map((layer, index, all) => layerFor(layer, all[index + 1], arithmetic))
  return networkOf([reshapeLayer(task.data.shape), ...layers], arithmetic)
}

function layerFor(layer: Layer, next: Layer | undefined, arithmetic: Arithmetic): NetworkLayer {
  switch (layer.type) {
    case 'dense':
      return denseLayer(layer.activation, arithmetic)
    case 'conv2d':
      return convolutionLayer(arithmetic)
    case 'max-pool':
      return maxPoolLayer(layer.size)
    case 'flatten':
      // Always followed by a dense layer, which knows its size.
      return reshapeLayer([next?.type === 'dense' ? next.inputs : 0])
  }
}
