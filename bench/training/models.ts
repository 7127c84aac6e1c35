import { completeTask, type Task } from '@gossamer/core'
import { train } from '@tensorflow/tfjs-core'
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers'

export const batchSize = 32

const rate = 0.1

/** The same model for both: a task for us, and what a tfjs user would write. */
export interface BenchModel {
  readonly task: ReturnType<typeof completeTask>
  stock(): Sequential
}

const taskOf = (name: string, model: Task['model']): BenchModel['task'] =>
  completeTask({
    version: 1,
    name,
    data: { kind: 'image', shape: [28, 28, 1], classes: [...'0123456789'] },
    model,
    training: {
      optimizer: { kind: 'sgd', learningRate: rate },
      batchSize,
      // Stock does neither.
      clipNorm: 0,
      logitAdjustment: false,
    },
    seed: 1,
  })

type Stack = NonNullable<NonNullable<Parameters<typeof sequential>[0]>['layers']>

function compiled(stack: Stack): Sequential {
  const model = sequential({ layers: stack })
  model.compile({ optimizer: train.sgd(rate), loss: 'categoricalCrossentropy' })
  return model
}

const relu = (units: number) => layers.dense({ units, activation: 'relu' })
const softmax = () => layers.dense({ units: 10, activation: 'softmax' })
const inputShape = [28, 28, 1]

export const models: Readonly<Record<string, BenchModel>> = {
  mlp: {
    task: taskOf('mlp', { kind: 'mlp', hidden: [128] }),
    stock: () => compiled([layers.flatten({ inputShape }), relu(128), softmax()]),
  },
  cnn: {
    task: taskOf('cnn', { kind: 'cnn', filters: [16, 32], hidden: [64] }),
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
}
