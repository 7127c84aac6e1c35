import { completeTask, type Task } from '@gossamer/core'

/** A model of about so many parameters. */
export interface WeightsCase {
  readonly name: string
  readonly task: ReturnType<typeof completeTask>
}

const taskOf = (name: string, model: Task['model']): WeightsCase => ({
  name,
  task: completeTask({
    version: 1,
    name: 'weights',
    data: { kind: 'image', shape: [28, 28, 1], classes: [...'0123456789'] },
    model,
    training: { optimizer: { kind: 'sgd', learningRate: 0.01 }, batchSize: 32 },
    seed: 1,
  }),
})

const dense = { type: 'dense', units: 220, activation: 'relu' } as const

export const cases: readonly WeightsCase[] = [
  taskOf('0.1M', { kind: 'mlp', hidden: [128] }),
  // With the last layer 20, that is 40 variables.
  taskOf('1M', { kind: 'layers', layers: Array.from({ length: 19 }, () => dense) }),
  taskOf('10M', { kind: 'mlp', hidden: [4096, 1660] }),
]
