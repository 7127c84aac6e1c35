import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../../lib/random.ts'
import { elements } from '../../../params/layout.ts'
import { exampleShape } from '../../../task/data.ts'
import type { Layer } from '../../../task/layer.ts'
import type { LayerSpec } from '../../../task/layer-spec.ts'
import { isStatistic, layersOf, modelLayout } from '../../../task/models.ts'
import { mnist } from '../../../task/presets.ts'
import { completeTask } from '../../../task/schema.ts'
import type { CompleteTask } from '../../../task/task.ts'
import { deviceArithmetic } from '../arithmetic/device.ts'
import { dropoutMask, saltOf } from '../dropout-mask.ts'
import { registerWasmKernels } from '../kernels/register.ts'
import { networkFor } from './choose.ts'

type ImageShape = readonly [number, number, number]

const classes = ['a', 'b', 'c']
const stepSeed = 12_345

const taskOf = (shape: ImageShape, layers: readonly LayerSpec[]): CompleteTask =>
  completeTask({ ...mnist, data: { kind: 'image', shape, classes }, model: { kind: 'layers', layers } })

const noise = (shape: readonly number[], seed: number, scale = 1): tf.Tensor => {
  const random = seededRandom(seed)
  return tf.tensor(
    Float32Array.from({ length: elements(shape) }, () => scale * normal(random)),
    [...shape],
  )
}

/** Weights where every parameter has something to say; variances are positive. */
const paramsOf = (task: CompleteTask): tf.Tensor[] =>
  modelLayout(task).tensors.map(({ name, shape }, i) => {
    if (name.endsWith('moving-variance')) return tf.add(1, tf.square(noise(shape, i)))
    return shape.length > 1
      ? noise(shape, i, 0.4)
      : tf.add(noise(shape, i, 0.2), name.endsWith('gamma') ? 1 : 0)
  })

/** A layer as tfjs's own differentiable operations have it. */
function reference(
  layer: Layer,
  index: number,
  x: tf.Tensor,
  own: readonly tf.Tensor[],
  training: boolean,
): tf.Tensor {
  const [a, b, c, d] = own as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D]
  const activated = (y: tf.Tensor, activation: string) => (activation === 'relu' ? tf.relu(y) : y)
  switch (layer.type) {
    case 'conv2d': {
      const { stride, padding, activation } = layer
      return activated(tf.add(tf.conv2d(x as tf.Tensor4D, a, stride, padding), b), activation)
    }
    case 'depthwise-conv2d': {
      const { stride, padding, activation } = layer
      return activated(tf.add(tf.depthwiseConv2d(x as tf.Tensor4D, a, stride, padding), b), activation)
    }
    case 'max-pool':
      return tf.maxPool(x as tf.Tensor4D, layer.kernel, layer.stride, layer.padding)
    case 'average-pool':
      return tf.avgPool(x as tf.Tensor4D, layer.kernel, layer.stride, layer.padding)
    case 'flatten':
      return tf.reshape(x, [x.shape[0] ?? 0, -1])
    case 'relu':
      return tf.relu(x)
    case 'dense':
      return activated(tf.add(tf.matMul(x, a as tf.Tensor), b), layer.activation)
    case 'batch-norm': {
      const { mean, variance } = training
        ? tf.moments(x, x.shape.map((_, axis) => axis).slice(0, -1))
        : { mean: c, variance: d }
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, layer.epsilon))), a), b)
    }
    case 'layer-norm': {
      const { mean, variance } = tf.moments(x, -1, true)
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, layer.epsilon))), a), b)
    }
    case 'dropout':
      if (!training) return x
      return tf.mul(x, tf.tensor(dropoutMask(x.size, layer.rate, stepSeed ^ saltOf(index)), x.shape))
  }
}

function referenceLogits(task: CompleteTask, params: readonly tf.Tensor[], x: tf.Tensor, training: boolean) {
  const names = modelLayout(task).tensors.map(({ name }) => name)
  return layersOf(task).reduce<tf.Tensor>(
    (latest, layer, index) =>
      reference(
        layer,
        index,
        latest,
        params.filter((_, i) => names[i]?.startsWith(`${index}/`)),
        training,
      ),
    tf.reshape(x, [x.shape[0] ?? 0, ...exampleShape(task.data)]),
  ) as tf.Tensor2D
}

async function expectClose(actual: tf.Tensor, expected: tf.Tensor, tolerance: number, name: string) {
  expect(actual.shape, name).toEqual(expected.shape)
  const other = await actual.data<'float32'>()
  const values = await expected.data<'float32'>()
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const apart = values.reduce((most, value, i) => Math.max(most, Math.abs(value - (other[i] ?? 0))), 0)
  // What is zero but for rounding, such as the gradient of a bias before a norm, is so on both sides.
  expect(apart / Math.max(largest, 0.05), name).toBeLessThan(tolerance)
}

const models: readonly { name: string; shape: ImageShape; batch: number; layers: readonly LayerSpec[] }[] = [
  {
    name: 'the network of flwr-serverless',
    shape: [14, 13, 1],
    batch: 3,
    layers: [
      { type: 'conv2d', filters: 8, kernel: 4 },
      { type: 'max-pool', size: 2 },
      { type: 'conv2d', filters: 5, kernel: 4 },
    ],
  },
  {
    name: 'strides and padding',
    shape: [11, 8, 2],
    batch: 4,
    layers: [
      { type: 'conv2d', filters: 9, kernel: 5, stride: 2, padding: 'same' },
      { type: 'conv2d', filters: 4, kernel: 2, stride: 3, padding: 'same', activation: 'linear' },
      { type: 'max-pool', size: 2, stride: 1 },
    ],
  },
  {
    name: 'separable convolutions, norms and dropout',
    shape: [9, 10, 3],
    batch: 5,
    layers: [
      { type: 'depthwise-conv2d', kernel: 3, padding: 'same' },
      { type: 'separable-conv2d', filters: 6, kernel: 3, stride: 2, padding: 'same', activation: 'linear' },
      { type: 'batch-norm' },
      { type: 'relu' },
      { type: 'dropout', rate: 0.3 },
      { type: 'average-pool', size: 3, stride: 2 },
      { type: 'dense', units: 7 },
      { type: 'batch-norm' },
      { type: 'layer-norm' },
      { type: 'dropout', rate: 0.5 },
    ],
  },
  {
    name: 'one example, averages and a norm of channels',
    shape: [6, 7, 4],
    batch: 1,
    layers: [
      { type: 'conv2d', filters: 5, kernel: 3 },
      { type: 'layer-norm', epsilon: 0.1 },
      { type: 'average-pool', size: 2 },
      { type: 'depthwise-conv2d', kernel: 2, stride: 2, activation: 'linear' },
    ],
  },
]

beforeAll(() => registerWasmKernels())

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
  })

  describe.each(models)('$name', ({ shape, batch, layers }) => {
    const task = taskOf(shape, layers)
    const layout = modelLayout(task)
    const inputs = () => noise([batch, elements(shape)], 77) as tf.Tensor2D
    const network = () => networkFor(task, deviceArithmetic)

    test('predicts what the same operations of tfjs predict', async () => {
      const params = paramsOf(task)
      const x = inputs()
      await expectClose(network().outputs(params, x), referenceLogits(task, params, x, false), 1e-5, 'logits')
    })

    test('has the gradients that tfjs derives', async () => {
      const params = paramsOf(task)
      const x = inputs()
      const oneHot = tf.oneHot(
        tf.tensor1d(
          Array.from({ length: batch }, (_, i) => i % 3),
          'int32',
        ),
        3,
      ) as tf.Tensor2D
      const adjustment = tf.tensor1d([0.1, -0.3, 0.2])
      const batchOfOnes = tf.ones([1, batch]) as tf.Tensor2D
      const { gradients, statistics } = network().gradients(params, {
        inputs: x,
        wanted: oneHot,
        ones: batchOfOnes,
        adjustment,
        seed: stepSeed,
      })
      const loss = (...given: tf.Tensor[]): tf.Scalar => {
        const logits = tf.add(referenceLogits(task, given, x, true), adjustment)
        const untouched = given.map((param) => tf.mul<tf.Scalar>(0, tf.sum(param)))
        return tf.addN([tf.neg(tf.sum<tf.Scalar>(tf.mul(oneHot, tf.logSoftmax(logits)))), ...untouched])
      }
      const expected = tf.grads(loss)(params)
      for (const [i, tensor] of layout.tensors.entries()) {
        if (isStatistic(tensor)) expect(statistics?.[i], tensor.name).toBeDefined()
        await expectClose(gradients[i] as tf.Tensor, expected[i] as tf.Tensor, 1e-4, tensor.name)
      }
    })
  })

  test('the squared error of a number has the gradients that tfjs derives', async () => {
    const target = { kind: 'number', name: 'price', mean: 2, deviation: 3 } as const
    const task = completeTask({
      ...mnist,
      data: { kind: 'table', columns: ['a', 'b', 'c'], target },
      model: { kind: 'mlp', hidden: [5] },
    })
    const params = paramsOf(task)
    const x = noise([7, 3], 5) as tf.Tensor2D
    const wanted = noise([7, 1], 6) as tf.Tensor2D
    const { outputs, gradients } = networkFor(task, deviceArithmetic).gradients(params, {
      inputs: x,
      wanted,
      ones: tf.ones([1, 7]) as tf.Tensor2D,
      adjustment: undefined,
    })
    const numbers = (given: readonly tf.Tensor[]): tf.Tensor2D => referenceLogits(task, given, x, true)
    await expectClose(outputs, numbers(params), 1e-5, 'numbers')
    const expected = tf.grads((...given: tf.Tensor[]) =>
      tf.losses.meanSquaredError(wanted, numbers(given), undefined, tf.Reduction.SUM),
    )(params)
    for (const [i, gradient] of gradients.entries())
      await expectClose(gradient, expected[i] as tf.Tensor, 1e-4, `${i}`)
  })

  test.each([
    [undefined, 0.9],
    [0.7, 0.7],
  ])('of moving statistics a step keeps the share that the layer says: %s', async (momentum, kept) => {
    const task = taskOf([4, 4, 2], [{ type: 'batch-norm', ...(momentum === undefined ? {} : { momentum }) }])
    const params = paramsOf(task)
    const x = noise([6, 32], 5) as tf.Tensor2D
    const { statistics } = networkFor(task, deviceArithmetic).gradients(params, {
      inputs: x,
      wanted: tf.zeros([6, 3]) as tf.Tensor2D,
      ones: tf.ones([1, 6]) as tf.Tensor2D,
      adjustment: undefined,
    })
    const { mean, variance } = tf.moments(tf.reshape(x, [96, 2]), 0)
    for (const [place, batch] of [
      [2, mean],
      [3, variance],
    ] as const) {
      const moved = tf.add(tf.mul(kept, params[place] as tf.Tensor), tf.mul(1 - kept, batch))
      await expectClose(statistics?.[place] as tf.Tensor, moved, 1e-5, `statistic ${place}`)
    }
  })
})
