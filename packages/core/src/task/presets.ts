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

/** Any text, byte by byte: a small causal transformer, 137,216 parameters, that predicts the next byte. */
export const text: Task = {
  version: 1,
  name: 'text',
  data: { kind: 'text', context: 64, vocabulary: 'bytes' },
  model: { kind: 'transformer', width: 64, heads: 4, blocks: 2 },
  training: { optimizer: { kind: 'adam', learningRate: 0.003 }, batchSize: 16 },
  gossip: { strategy: 'swap', codec: 'int8', everySteps: 'auto', neighbours: 6 },
  seed: 1,
}

/** The tasks that a name in a link stands for. */
export const presets: Readonly<Record<string, Task>> = { mnist, 'mnist-cnn': mnistCnn, text }
