import { classCount, exampleSize, numberTarget } from '../../../task/data.ts'
import type { CompleteTask } from '../../../task/task.ts'
import type { Kernel } from './kernel.ts'
import { statisticsKernel } from './kernels/batch-norm.ts'
import { crossEntropyKernel } from './kernels/cross-entropy.ts'
import { type Gathering, gatherKernel } from './kernels/gather.ts'
import { squaredErrorKernel } from './kernels/squared-error.ts'
import {
  type GradientLayout,
  gradientSize,
  momentsOf,
  normKernel,
  normParts,
  scaleKernel,
  updateKernel,
} from './kernels/update.ts'
import { type Stages, stagesOf } from './plan-layers.ts'
import type { Tuning } from './tuning.ts'

/** One training step as a list of dispatches. What the step does not make itself, its owner fills in. */
export interface Plan {
  /** In order. */
  readonly kernels: readonly Kernel[]
  /** The same up to the loss, as for an example that is not trained on; left out: the kernels themselves up to there. */
  readonly evaluation?: readonly Kernel[]
  /**
   * Floats of each buffer that only the step uses; they begin as zeros. The owner has the others: `params`;
   * `priors` [classes], added to the logits; `losses`, running sums; `examples` and `labels`, the data;
   * `record`.
   */
  readonly buffers: ReadonlyMap<string, number>
  /**
   * Words of one step's record: the rows of its batch, `recordExtras` for the optimizer, and, where there is one
   * more, the seed of the step's dropout.
   */
  readonly recordWords: number
  /** The buffer with what the model puts out, before the loss. */
  readonly outputs: string
  /** How many running sums of losses there are, the same number for each example of the batch. */
  readonly losses: number
}

/**
 * The step of a task's model on batches of `training.batchSize` examples that lie on the device in `format`.
 * Throws ModelError for impossible shapes.
 */
export function planStep(task: CompleteTask, format: Gathering['format'], tuning: Tuning): Plan {
  const { training, data } = task
  const batch = training.batchSize
  const width = exampleSize(data)
  const { list, gradients, statistics, firstOwner, recordWords } = stagesOf(task, tuning)
  const outputOf = (index: number): string => (index < 0 ? 'inputs' : `output ${index}`)
  const errorOf = (index: number): string => `error ${index}`
  const last = list.length - 1
  const namesOf = (index: number) => ({ x: outputOf(index - 1), y: outputOf(index) })
  const gather = gatherKernel({ batch, width, format })
  const loss =
    numberTarget(data) === undefined
      ? crossEntropyKernel(batch, classCount(data), outputOf(last), errorOf(last))
      : squaredErrorKernel(batch, outputOf(last), errorOf(last))
  const backward = [...list.entries()].slice(firstOwner).reverse()
  return {
    kernels: [
      gather,
      ...list.flatMap((stage, index) => stage.forward(namesOf(index))),
      loss,
      ...backward.flatMap(([index, stage]) =>
        stage.backward({
          x: outputOf(index - 1),
          dy: errorOf(index),
          dx: index === firstOwner ? undefined : errorOf(index - 1),
          mask: list[index - 1]?.relu ?? false,
        }),
      ),
      ...(training.clipNorm === 0
        ? []
        : [normKernel(gradients, training.proximal), scaleKernel(training.clipNorm)]),
      updateKernel(gradients, training),
      ...(statistics.length === 0 ? [] : [statisticsKernel(statistics)]),
    ],
    evaluation: [
      gather,
      ...list.flatMap((stage, index) => (stage.evaluate ?? stage.forward)(namesOf(index))),
      loss,
    ],
    buffers: new Map([
      ['inputs', batch * width],
      ...list.flatMap(({ outputs, buffers = [] }, index) => [
        [outputOf(index), outputs] as const,
        [errorOf(index), outputs] as const,
        ...buffers,
      ]),
      ...statisticsBuffer(statistics),
      ...trainingBuffers(gradients, training),
    ]),
    recordWords,
    outputs: outputOf(last),
    losses: batch,
  }
}

const statisticsBuffer = (statistics: Stages['statistics']): readonly (readonly [string, number])[] =>
  statistics.length === 0 ? [] : [['statistics', statistics.reduce((sum, { count }) => sum + count, 0)]]

function trainingBuffers(
  gradients: GradientLayout,
  { clipNorm, optimizer, proximal }: CompleteTask['training'],
): readonly (readonly [string, number])[] {
  return [
    ['gradient', gradientSize(gradients)],
    ...(clipNorm === 0
      ? []
      : ([
          ['norms', normParts],
          ['scale', 1],
        ] as const)),
    ...momentsOf(optimizer).map((name) => [name, gradients.size] as const),
    ...(proximal === 0 ? [] : ([['anchor', gradients.size]] as const)),
  ]
}

/** The kernels up to the losses, as for examples that are not trained on. */
export function forwardOf({ kernels, evaluation }: Plan): Plan['kernels'] {
  if (evaluation !== undefined) return evaluation
  const last = kernels.findIndex(({ bindings }) => bindings.some(({ buffer }) => buffer === 'losses'))
  if (last < 0) throw new Error('the step has no losses that a probe could read')
  return kernels.slice(0, last + 1)
}
