import { dispose } from '@tensorflow/tfjs-core'
import type { Examples } from '../../../ports.ts'
import { modelLayout } from '../../../task/models.ts'
import type { CompleteTask } from '../../../task/task.ts'
import type { Backend } from '../backend.ts'
import type { BackendOptions } from '../backends/device.ts'
import { flatten, unflatten } from '../flatten.ts'
import { createTfjsTrainer } from '../trainer.ts'
import { judged, type ModelTraining } from './model-training.ts'
import type { LayerVariables } from './task-of-model.ts'

export interface TrainerOptions extends BackendOptions {
  readonly task: CompleteTask
  readonly examples: Examples
  readonly seed: number
}

/** By a trainer of this library, which begins where the variables are. */
export async function byTrainer(
  backend: Backend,
  variables: LayerVariables,
  options: TrainerOptions,
): Promise<ModelTraining> {
  const layout = modelLayout(options.task)
  const values = (): Promise<Float32Array> =>
    flatten(
      backend,
      layout,
      variables.map((variable) => variable.read()),
    )
  const trainer = await createTfjsTrainer({ ...options, backend: backend.name, parameters: await values() })
  // Whoever changes a variable gives it other data.
  const dataOf = (): readonly object[] => variables.map((variable) => variable.read().dataId)
  let left = dataOf()

  function put(trained: Float32Array): void {
    const tensors = unflatten(backend, layout, trained)
    for (const [i, variable] of variables.entries()) variable.write(tensors[i] ?? variable.read())
    dispose(tensors)
    left = dataOf()
  }

  return {
    note: trainer.note,
    train: async (steps) => {
      if (dataOf().some((data, i) => data !== left[i])) await trainer.write(await values())
      const trained = await trainer.train(steps)
      const reached = await trainer.read()
      put(reached)
      return judged(trained, [reached])
    },
    dispose: trainer.dispose,
  }
}
