import type { Task } from './task.ts'

const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']

/** Handwritten digits, 28 x 28, a small dense network: 50,890 parameters, trains anywhere. */
export const mnist: Task = {
  version: 1,
  name: 'mnist',
  data: { kind: 'image', shape: [28, 28, 1], classes: digits },
  model: { kind: 'mlp', hidden: [64] },
  training: { optimizer: { kind: 'sgd', learningRate: 0.6 }, batchSize: 32 },
  gossip: { strategy: 'swap', codec: 'int8', everySteps: 'auto', neighbours: 6 },
  seed: 1,
}

/** Handwritten digits, a small convolutional network: 56,714 parameters, for devices with a GPU. */
export const mnistCnn: Task = {
  ...mnist,
  name: 'mnist-cnn',
  model: { kind: 'cnn', filters: [16, 32], hidden: [64] },
  training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 32 },
}

/** The tasks that a name in a link stands for. */
export const presets: Readonly<Record<string, Task>> = { mnist, 'mnist-cnn': mnistCnn }
