import { tensor } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Examples } from '../../../ports.ts'
import { outputCount } from '../../../task/data.ts'
import { batchStream } from '../batches.ts'
import { judged, type ModelTraining } from './model-training.ts'
import { dataOf, inputShapeOf, lossOf } from './task-of-model.ts'

interface TfjsOptions {
  readonly batchSize: number
  readonly seed: number
  /** Why it is this way. */
  readonly reason: string
}

/** By `trainOnBatch`, on the batches that a trainer would take. Ends early where the loss is not finite. */
export function byTfjs(
  model: LayersModel,
  examples: Examples,
  { batchSize, seed, reason }: TfjsOptions,
): ModelTraining {
  const data = dataOf(model, examples.shape)
  const shape = inputShapeOf(model) ?? examples.shape
  const nextBatch = batchStream(examples, data, batchSize, seed, false)

  async function step(): Promise<number> {
    const { inputs, wanted, targets } = nextBatch()
    const x = tensor(inputs, [batchSize, ...shape], 'float32')
    const y =
      lossOf(model) === 'sparseCategoricalCrossentropy'
        ? tensor(Float32Array.from(targets), [batchSize, 1])
        : tensor(wanted, [batchSize, outputCount(data)])
    try {
      const result = await model.trainOnBatch(x, y)
      return Array.isArray(result) ? (result[0] ?? Number.NaN) : result
    } finally {
      x.dispose()
      y.dispose()
    }
  }

  return {
    note: `The step is one of tfjs: ${reason}`,
    train: async (steps) => {
      let sum = 0
      let made = 0
      while (made < steps && Number.isFinite(sum)) {
        sum += await step()
        made++
      }
      const reached = model.getWeights().map((weight) => weight.data<'float32'>())
      const trained = { steps: made, samples: made * batchSize, loss: made === 0 ? 0 : sum / made }
      return judged(trained, await Promise.all(reached))
    },
    dispose: () => undefined,
  }
}
