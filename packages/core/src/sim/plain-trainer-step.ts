import type { Trained } from '../ports.ts'
import type { CompleteTask } from '../task/task.ts'
import type { PlainModel } from './plain-model.ts'
import { backward, forward, type Workspace, workspace } from './plain-model-pass.ts'
import { softmax } from './plain-trainer-loss.ts'
import { type SparseDataset, writeExample } from './sparse.ts'

interface StepperOptions {
  readonly task: CompleteTask
  readonly model: PlainModel
  readonly dataset: SparseDataset
  /** Added to the logits, one for each class. */
  readonly adjustment: Float32Array
  /** Address of the parameters. */
  readonly params: number
}

/** Takes steps down the gradient of minibatches, with what the optimizer keeps from step to step. */
export interface Stepper {
  train(steps: number, nextRow: () => number): Trained
  dispose(): void
}

export function createStepper({ task, model, dataset, adjustment, params }: StepperOptions): Stepper {
  const { kernels, labels } = dataset
  const { optimizer, batchSize, clipNorm } = task.training
  const classes = task.data.classes.length
  const moments = optimizer.kind === 'adam' ? kernels.allocate(2 * model.bytes) : undefined
  let stepsTaken = 0

  function train(steps: number, nextRow: () => number): Trained {
    const space = workspace(kernels, model)
    kernels.floats.fill(0, space.params / 4, (space.params + model.bytes) / 4)
    let loss = 0
    for (let step = 0; step < steps; step++) {
      for (let i = 0; i < batchSize; i++) loss += addGradient(space, nextRow())
      descend(space.params)
    }
    const samples = steps * batchSize
    return { steps, samples, loss: samples === 0 ? 0 : loss / samples }
  }

  /** Adds one example's share of the mean loss's gradient to that in the workspace; its loss comes back. */
  function addGradient(space: Workspace, row: number): number {
    const { floats } = kernels
    const count = writeExample(kernels, space.entries / 4, dataset, row)
    const active = forward(kernels, model, space, params, count)
    const at = space.logits / 4
    const label = labels[row] ?? 0
    for (let i = 0; i < classes; i++) floats[at + i] = (floats[at + i] ?? 0) + (adjustment[i] ?? 0)
    const loss = softmax(floats, at, classes, label)
    for (let i = 0; i < classes; i++)
      floats[at + i] = ((floats[at + i] ?? 0) - (i === label ? 1 : 0)) / batchSize
    backward(kernels, model, space, params, space.params, count, active)
    return loss
  }

  function descend(gradient: number): void {
    const { run } = kernels
    const { learningRate } = optimizer
    const gradientNorm = clipNorm > 0 ? Math.sqrt(run.squareSum(gradient, model.bytes)) : 0
    const scale = gradientNorm > clipNorm ? clipNorm / gradientNorm : 1
    stepsTaken++
    if (moments === undefined) {
      run.descend(params, gradient, model.bytes, learningRate * scale)
      return
    }
    const rate = learningRate / (1 - 0.9 ** stepsTaken)
    const correction = 1 / (1 - 0.999 ** stepsTaken)
    const squares = moments + model.bytes
    run.descendAdam(params, gradient, moments, squares, model.bytes, scale, rate, correction)
  }

  return {
    train,
    dispose: () => {
      if (moments !== undefined) kernels.release(moments, 2 * model.bytes)
    },
  }
}
