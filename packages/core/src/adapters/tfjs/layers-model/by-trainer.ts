import { createTfjsTrainer, type TfjsTrainerOptions } from '../trainer.ts'
import type { ModelTraining } from './model-training.ts'
import { type LayerVariables, putValues, valuesOf } from './variables.ts'

/** By a trainer of this library, which begins where the variables are. */
export async function byTrainer(
  options: TfjsTrainerOptions,
  variables: LayerVariables,
): Promise<ModelTraining> {
  const trainer = await createTfjsTrainer({ ...options, parameters: await valuesOf(variables) })
  // Whoever changes a variable gives it other data.
  const dataOf = (): readonly object[] => variables.map((variable) => variable.read().dataId)
  let left = dataOf()
  return {
    note: trainer.note,
    train: async (steps) => {
      if (dataOf().some((data, i) => data !== left[i])) await trainer.write(await valuesOf(variables))
      const trained = await trainer.train(steps)
      putValues(variables, await trainer.read())
      left = dataOf()
      return trained
    },
    dispose: trainer.dispose,
  }
}
