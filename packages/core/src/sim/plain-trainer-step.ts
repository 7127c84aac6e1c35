import type { Trained } from '../ports.ts'
import { classCount } from '../task/data.ts'
import type { CompleteTask } from '../task/task.ts'
import type { PlainModel } from './plain-model.ts'
import { backward, forward, type Workspace, workspace } from './plain-model-pass.ts'
import { createDescent } from './plain-trainer-descent.ts'
import { softmax } from './plain-trainer-loss.ts'
import { entriesAt, entriesOf, type SparseDataset } from './sparse.ts'

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
  /** The parameters were replaced or merged: where they are now is what the proximal term pulls to. */
  anchor(): void
  dispose(): void
}

export function createStepper({ task, model, dataset, adjustment, params }: StepperOptions): Stepper {
  const { kernels, labels } = dataset
  const { batchSize } = task.training
  const classes = classCount(task.data)
  const descent = createDescent(kernels, task.training, params, model.bytes)

  function train(steps: number, nextRow: () => number): Trained {
    const space = workspace(kernels, model)
    kernels.floats.fill(0, space.params / 4, (space.params + model.bytes) / 4)
    let loss = 0
    for (let step = 0; step < steps; step++) {
      for (let i = 0; i < batchSize; i++) loss += addGradient(space, nextRow())
      descent.step(space.params)
    }
    const samples = steps * batchSize
    return { steps, samples, loss: samples === 0 ? 0 : loss / samples }
  }

  /** Adds one example's share of the mean loss's gradient to that in the workspace; its loss comes back. */
  function addGradient(space: Workspace, row: number): number {
    const { floats } = kernels
    const entries = entriesAt(dataset, row)
    const count = entriesOf(dataset, row)
    const active = forward(kernels, model, space, params, entries, count)
    const at = space.logits / 4
    const label = labels[row] ?? 0
    for (let i = 0; i < classes; i++) floats[at + i] = (floats[at + i] ?? 0) + (adjustment[i] ?? 0)
    const loss = softmax(floats, at, classes, label)
    for (let i = 0; i < classes; i++)
      floats[at + i] = ((floats[at + i] ?? 0) - (i === label ? 1 : 0)) / batchSize
    backward(kernels, model, space, params, space.params, entries, count, active)
    return loss
  }

  return { train, anchor: descent.anchor, dispose: descent.dispose }
}
