import { elements } from '../../params/layout.ts'
import type { Layout } from '../../ports.ts'
import { exampleShape, numberTarget } from '../../task/data.ts'
import { layersOf, modelLayout } from '../../task/models.ts'
import type { CompleteTask } from '../../task/task.ts'
import type { ModelArtifacts } from '../browser/session.ts'
import { type KerasLayer, kerasLayer } from './export-layer.ts'

/**
 * The model as a Keras `Sequential` that `tf.loadLayersModel(tf.io.fromMemory(artifacts))` loads. It takes inputs
 * [count, ...shape] between 0 and 1 and gives class probabilities, or numbers in their own unit. Throws RangeError for
 * parameters of another size, and for a transformer, which Keras's layers cannot say; the parameters are copied.
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
      name: `layer_${name.replaceAll('-', '_')}`,
      shape: [...shape],
      dtype: 'float32',
    })),
    weightData: exportable(task, layout, params).buffer,
  }
}

/**
 * A copy in which no variance is negative, as a merge can leave one (Keras would make NaN of it), and whose last layer
 * speaks of a number in its own unit.
 */
function exportable(
  { data }: CompleteTask,
  { tensors, size }: Layout,
  params: Float32Array,
): Float32Array<ArrayBuffer> {
  const copy = params.slice()
  const number = numberTarget(data)
  if (number !== undefined) {
    const [kernel] = tensors.slice(-2)
    for (let i = size - 1 - elements(kernel?.shape ?? []); i < size; i++)
      copy[i] = (copy[i] ?? 0) * number.deviation
    copy[size - 1] = (copy[size - 1] ?? 0) + number.mean
  }
  let offset = 0
  for (const { name, shape } of tensors) {
    const end = offset + elements(shape)
    if (name.endsWith('/moving-variance'))
      for (let i = offset; i < end; i++) copy[i] = Math.max(0, copy[i] ?? 0)
    offset = end
  }
  return copy
}

function kerasLayers(task: CompleteTask): readonly KerasLayer[] {
  const layers = layersOf(task)
  return layers.map((layer, index) => {
    const isLast = index === layers.length - 1
    const input =
      index === 0 ? { batch_input_shape: [null, ...exampleShape(task.data)], dtype: 'float32' } : {}
    const { class_name, config } = kerasLayer(layer, isLast && numberTarget(task.data) === undefined)
    return { class_name, config: { name: `layer_${index}`, trainable: true, ...input, ...config } }
  })
}
