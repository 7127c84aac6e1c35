import { type completeTask, layersOf, vocabularySize } from '@gossamer/core'

type Layer = ReturnType<typeof layersOf>[number]
type Task = ReturnType<typeof completeTask>

/** Of a layer and one example: products of an input and a weight, each of them added to a sum. */
function products(layer: Layer): number {
  switch (layer.type) {
    case 'dense':
      return layer.inputs * layer.units
    case 'conv2d':
      return places(layer.outputs) * layer.kernel ** 2 * layer.inputs[2] * layer.filters
    case 'depthwise-conv2d':
      return places(layer.outputs) * layer.kernel ** 2 * layer.inputs[2]
    default:
      return 0
  }
}

const places = ([height, width]: readonly [number, number, number]): number => height * width

/**
 * Floating-point operations of one step on a batch, counted from the layers: two for each product of the forward pass
 * and twice as many backward, one half for the gradient of the weights and one for that of the inputs. The first layer
 * with weights needs no gradient of its inputs, so none is counted; nor are pooling, activations, the loss and the
 * update, which are small beside these. Of attention only what the mask leaves.
 */
export function stepFlops({ data, model, training }: Task): number {
  if (data.kind === 'text' && model.kind === 'transformer') {
    const { width, blocks } = model
    const { context } = data
    // Queries, keys, values, projection, and both layers of the perceptron; then scores and the sum of values.
    const inBlock = 12 * width ** 2 + 2 * width * ((context + 1) / 2)
    const perToken = blocks * inBlock + width * vocabularySize(data)
    return 6 * training.batchSize * context * perToken
  }
  const counts = layersOf({ data, model })
    .map(products)
    .filter((count) => count > 0)
  const all = counts.reduce((sum, count) => sum + count, 0)
  return 2 * training.batchSize * (3 * all - (counts[0] ?? 0))
}
