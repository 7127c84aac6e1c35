import { completeTask, type Examples, presets, type Task, textExamples } from '@gossamer/core'
import { type AdamOptimizer, type SGDOptimizer, tensor, train } from '@tensorflow/tfjs-core'
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers'
import type { PeerTensor } from './jax-step.ts'
import { stockTransformer } from './stock-transformer.ts'

const batchSize = 32

const rate = 0.1

/** The same model for both: a task for us, and what a tfjs user would write. */
export interface BenchModel {
  readonly task: ReturnType<typeof completeTask>
  readonly examples: Examples
  /** Steps of each side in a round. */
  readonly turns: Turns
  /** Builds stock's model on the backend in use. */
  stock(): StockModel
}

export interface StockModel {
  /** One step on a batch of the examples; answers with the loss before it. */
  step(): Promise<unknown>
  /** Where the peer can have the same model: its weights as they are, and the batch. */
  readonly shared?: {
    weights(): Promise<readonly PeerTensor[]>
    readonly images: PeerTensor
    readonly oneHot: PeerTensor
  }
}

interface Turns {
  /** As many as between two exchanges of gossip, or twice. */
  readonly ours: number
  /** Stock waits for every step. */
  readonly stock: number
  readonly jax: number
}

const short: Turns = { ours: 32, stock: 2, jax: 8 }

const long: Turns = { ours: 32, stock: 1, jax: 4 }

const digits: Examples = {
  inputs: Uint8Array.from(
    { length: 512 * 784 },
    (_, i) => ((i * 7919) % 251) * ((i % 784) % 10 === Math.floor(i / 784) % 10 ? 1 : 0.3),
  ),
  labels: Uint8Array.from({ length: 512 }, (_, i) => i % 10),
  shape: [28, 28, 1],
}

type Optimizer = Task['training']['optimizer']

const descent: Optimizer = { kind: 'sgd', learningRate: rate }

const taskOf = (name: string, model: Task['model'], optimizer: Optimizer = descent): BenchModel['task'] =>
  completeTask({
    version: 1,
    name,
    data: { kind: 'image', shape: [28, 28, 1], classes: [...'0123456789'] },
    model,
    training: {
      optimizer,
      batchSize,
      // Stock does neither.
      clipNorm: 0,
      logitAdjustment: false,
    },
    seed: 1,
  })

type Stack = NonNullable<NonNullable<Parameters<typeof sequential>[0]>['layers']>

function compiled(stack: Stack, optimizer: SGDOptimizer | AdamOptimizer = train.sgd(rate)): StockModel {
  const model: Sequential = sequential({ layers: stack })
  model.compile({ optimizer, loss: 'categoricalCrossentropy' })
  const { inputs, labels } = digits
  const oneHot = new Float32Array(batchSize * 10)
  for (let i = 0; i < batchSize; i++) oneHot[i * 10 + (labels[i] ?? 0)] = 1
  const images = Float32Array.from(inputs.subarray(0, batchSize * 784), (value) => value / 255)
  const x = tensor(images, [batchSize, 28, 28, 1])
  const y = tensor(oneHot, [batchSize, 10])
  return {
    step: () => model.trainOnBatch(x, y),
    shared: {
      images: { values: images, shape: x.shape },
      oneHot: { values: oneHot, shape: y.shape },
      weights: () =>
        Promise.all(
          model.getWeights().map(async (weight) => ({
            values: Float32Array.from(await weight.data()),
            shape: weight.shape,
          })),
        ),
    },
  }
}

const relu = (units: number) => layers.dense({ units, activation: 'relu' })
const softmax = () => layers.dense({ units: 10, activation: 'softmax' })
const inputShape = [28, 28, 1]

function transformer(): BenchModel {
  const { text } = presets
  if (text?.data.kind !== 'text') throw new Error('there is no preset for text')
  const task = completeTask({
    ...text,
    training: { ...text.training, optimizer: { kind: 'sgd', learningRate: rate }, clipNorm: 0 },
  })
  const words = Array.from({ length: 4_000 }, (_, i) => (i * i * 31 + i * 7).toString(36)).join(' ')
  const examples = textExamples(words, text.data)
  // A step of stock's takes seconds on a software adapter.
  return {
    task,
    examples,
    turns: { ours: 16, stock: 1, jax: 0 },
    stock: () => ({ step: stockTransformer(task, examples, rate) }),
  }
}

export const models: Readonly<Record<string, BenchModel>> = {
  mlp: {
    task: taskOf('mlp', { kind: 'mlp', hidden: [128] }),
    examples: digits,
    turns: short,
    stock: () => compiled([layers.flatten({ inputShape }), relu(128), softmax()]),
  },
  cnn: {
    task: taskOf('cnn', { kind: 'cnn', filters: [16, 32], hidden: [64] }),
    examples: digits,
    turns: long,
    stock: () =>
      compiled([
        layers.conv2d({ inputShape, filters: 16, kernelSize: 3, activation: 'relu' }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        relu(64),
        softmax(),
      ]),
  },
  'flwr-cnn': {
    task: taskOf(
      'flwr-cnn',
      {
        kind: 'layers',
        layers: [
          { type: 'conv2d', filters: 32, kernel: 4 },
          { type: 'max-pool', size: 2 },
          { type: 'conv2d', filters: 16, kernel: 4 },
        ],
      },
      { kind: 'adam', learningRate: 1e-3 },
    ),
    examples: digits,
    turns: long,
    stock: () =>
      compiled(
        [
          layers.conv2d({ inputShape, filters: 32, kernelSize: 4, activation: 'relu' }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.conv2d({ filters: 16, kernelSize: 4, activation: 'relu' }),
          layers.flatten(),
          softmax(),
        ],
        train.adam(1e-3),
      ),
  },
  transformer: transformer(),
}
