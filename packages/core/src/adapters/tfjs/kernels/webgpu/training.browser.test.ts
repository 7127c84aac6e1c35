import '@tensorflow/tfjs-backend-cpu'
import {
  dispose,
  memory,
  mul,
  oneHot,
  setBackend,
  type Tensor,
  type Tensor4D,
  tensor1d,
  train,
} from '@tensorflow/tfjs-core'
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers'
import '../../../../kernels-webgpu.ts'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { noise } from '../cases.ts'
import { apart, listenForErrors } from './device-suite.ts'

let errors: readonly string[] = []

beforeAll(async () => {
  errors = await listenForErrors()
})

afterEach(() => expect(errors).toEqual([]))

const [batch, classes] = [8, 5]

/** As a user of tfjs would write it, with something of all that has kernels. */
function convolutional(): Sequential {
  const model = sequential({
    layers: [
      layers.conv2d({ inputShape: [16, 16, 1], filters: 8, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' }),
      layers.averagePooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 12, activation: 'relu' }),
      layers.dense({ units: classes, activation: 'softmax' }),
    ],
  })
  model.compile({ optimizer: train.sgd(0.05), loss: 'categoricalCrossentropy' })
  return model
}

interface Trained {
  readonly start: readonly Float32Array[]
  readonly weights: readonly Float32Array[]
  readonly losses: readonly number[]
  /** Tensors and buffers more after all steps than after the first of them. */
  readonly grown: readonly number[]
}

const valuesOf = (weights: readonly Tensor[]): Promise<Float32Array[]> =>
  Promise.all(weights.map((weight) => weight.data<'float32'>()))

async function trained(backend: 'cpu' | 'webgpu', steps: number): Promise<Trained> {
  await setBackend(backend)
  const model = convolutional()
  const initial = model.getWeights().map(({ shape }, i) => mul(noise(shape, i), 0.2))
  model.setWeights(initial)
  const start = await valuesOf(model.getWeights())
  const x = noise([batch, 16, 16, 1], 99) as Tensor4D
  const y = oneHot(
    tensor1d(
      Uint8Array.from({ length: batch }, (_, i) => i % classes),
      'int32',
    ),
    classes,
  )
  const losses: number[] = []
  const held = (): number[] => [memory().numTensors, memory().numDataBuffers]
  let before: readonly number[] = []
  for (let step = 0; step < steps; step++) {
    losses.push(Number(await model.trainOnBatch(x, y)))
    if (step === 0) before = held()
  }
  const grown = held().map((count, i) => count - (before[i] ?? 0))
  const weights = await valuesOf(model.getWeights())
  dispose([x, y, initial])
  return { start, weights, losses, grown }
}

test('20 steps of a network of tfjs-layers end where plain JavaScript ends, and leave nothing behind', async () => {
  const expected = await trained('cpu', 20)
  const { start, weights, losses, grown } = await trained('webgpu', 20)
  expect(grown).toEqual([0, 0])
  expect(losses[19]).toBeLessThan(losses[0] ?? 0)
  for (const [i, loss] of losses.entries()) expect(loss / (expected.losses[i] ?? 0)).toBeCloseTo(1, 3)
  for (const [i, values] of expected.weights.entries()) {
    expect(apart(values, weights[i] ?? [])).toBeLessThan(1e-3)
    expect(apart(values, start[i] ?? [])).toBeGreaterThan(1e-3)
  }
})
