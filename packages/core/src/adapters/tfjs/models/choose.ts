import { layersOf } from '../../../task/models.ts'
import type { CompleteTask } from '../../../task/task.ts'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import { convolutionalNetwork } from './convolutional.ts'
import { denseNetwork } from './dense.ts'
import type { Network } from './network.ts'

/** The network of a task's model. Throws ModelError for impossible shapes. */
export function networkOf(task: CompleteTask, arithmetic: Arithmetic): Network {
  const layers = layersOf(task)
  return task.model.kind === 'mlp'
    ? denseNetwork(layers, arithmetic)
    : convolutionalNetwork(layers, task.data.shape, arithmetic)
}
