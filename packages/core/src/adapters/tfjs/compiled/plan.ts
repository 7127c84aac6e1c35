import { elements } from '../../../params/layout.ts'
import { type Layer, layersOf, modelLayout } from '../../../task/models.ts'
import type { CompleteTask } from '../../../task/task.ts'
import type { Kernel } from './kernel.ts'
import {
  type ConvolutionShape,
  convolutionFilterGradient,
  convolutionInputGradient,
  convolutionKernel,
} from './kernels/convolution.ts'
import { crossEntropyKernel } from './kernels/cross-entropy.ts'
import { type DenseShape, denseInputGradient, denseKernel, denseKernelGradient } from './kernels/dense.ts'
import { type Gathering, gatherKernel } from './kernels/gather.ts'
import { type PoolingShape, poolingGradient, poolingKernel } from './kernels/pooling.ts'
import {
  type GradientLayout,
  gradientAt,
  gradientSize,
  momentsOf,
  normKernel,
  normParts,
  recordExtras,
  scaleKernel,
  updateKernel,
} from './kernels/update.ts'
import { merged } from './merge.ts'
import type { Tuning } from './tuning.ts'

/** One training step as a list of dispatches. What the step does not make itself, its owner fills in. */
export interface Plan {
  /** In order. */
  readonly kernels: readonly Kernel[]
  /**
   * Floats of each buffer that only the step uses; they begin as zeros. The owner has the others: `params`;
   * `priors` [classes], added to the logits; `losses`, running sums; `examples` and `labels`, the data;
   * `record`.
   */
  readonly buffers: ReadonlyMap<string, number>
  /** Words of one step's record: the rows of its batch, then `recordExtras` for the optimizer. */
  readonly recordWords: number
  /** How many running sums of losses there are, the same number for each example of the batch. */
  readonly losses: number
}

/** One layer of the step: it runs between the buffers `x` and `y`, and takes its error back between `dy` and `dx`. */
interface Stage {
  readonly outputs: number
  /** Whether the output came out of a ReLU whose mask the following layer puts on the error. */
  readonly relu: boolean
  forward(x: string, y: string): Kernel
  /** `xRelu`: x came out of such a ReLU. `dx` is undefined for the layer that the examples enter. */
  backward(names: { x: string; dy: string; dx: string | undefined; xRelu: boolean }): readonly Kernel[]
}

/**
 * The step of a task's model on batches of `training.batchSize` examples that lie on the device in `format`.
 * Throws ModelError for impossible shapes, Error for an order of layers that no task offers yet.
 */
export function planStep(task: CompleteTask, format: Gathering['format'], tuning: Tuning): Plan {
  const { training, data } = task
  if (data.kind !== 'image') throw new Error(`there is no compiled row of layers for ${data.kind}`)
  const batch = training.batchSize
  const width = elements(data.shape)
  const layers = layersOf(task).filter((layer) => layer.type !== 'flatten')
  const gradients = gradientLayout(task, layers, tuning.shares)
  const stages = stagesOf(layers, { batch, gradients, tuning })

  const buffers = new Map<string, number>([
    ['inputs', batch * width],
    ['gradient', gradientSize(gradients)],
    ...(training.clipNorm === 0
      ? []
      : ([
          ['norms', normParts],
          ['scale', 1],
        ] as const)),
    ...momentsOf(training.optimizer).map((name) => [name, gradients.size] as const),
    ...(training.proximal === 0 ? [] : ([['anchor', gradients.size]] as const)),
  ])
  const outputOf = (index: number): string => (index < 0 ? 'inputs' : `output ${index}`)
  const errorOf = (index: number): string => `error ${index}`
  const last = stages.length - 1
  const forward = stages.map((stage, index) => {
    buffers.set(outputOf(index), batch * stage.outputs)
    buffers.set(errorOf(index), batch * stage.outputs)
    return stage.forward(outputOf(index - 1), outputOf(index))
  })
  const backward = [...stages.entries()].reverse().flatMap(([index, stage]) =>
    stage.backward({
      x: outputOf(index - 1),
      dy: errorOf(index),
      dx: index === 0 ? undefined : errorOf(index - 1),
      xRelu: stages[index - 1]?.relu ?? false,
    }),
  )
  return {
    kernels: [
      gatherKernel({ batch, width, format }),
      ...forward,
      crossEntropyKernel(batch, data.classes.length, outputOf(last), errorOf(last)),
      ...backward,
      ...(training.clipNorm === 0
        ? []
        : [normKernel(gradients, training.proximal), scaleKernel(training.clipNorm)]),
      updateKernel(gradients, training),
    ],
    buffers,
    recordWords: batch + recordExtras,
    losses: batch,
  }
}

/** Convolutions come before everything else that has parameters, so theirs are the first. */
function gradientLayout(task: CompleteTask, layers: readonly Layer[], mostShares: number): GradientLayout {
  const { size } = modelLayout(task)
  const { batchSize } = task.training
  const shared = layers.reduce((sum, layer) => sum + (layer.type === 'conv2d' ? parametersOf(layer) : 0), 0)
  if (shared === 0) return { size, shared, split: { shares: 0, examples: 0, stride: 0 } }
  const examples = Math.ceil(batchSize / mostShares)
  const stride = Math.ceil(shared / 4) * 4
  return { size, shared, split: { shares: Math.ceil(batchSize / examples), examples, stride } }
}

function parametersOf(layer: Layer): number {
  switch (layer.type) {
    case 'dense':
      return (layer.inputs + 1) * layer.units
    case 'conv2d':
      return (layer.kernel * layer.kernel * layer.inputs[2] + 1) * layer.filters
    case 'max-pool':
    case 'flatten':
      return 0
    case 'depthwise-conv2d':
    case 'average-pool':
    case 'relu':
    case 'batch-norm':
    case 'layer-norm':
    case 'dropout':
      throw new Error(`there is no compiled ${layer.type} yet`)
  }
}

/** What all stages have in common. */
interface Setting {
  readonly batch: number
  readonly gradients: GradientLayout
  readonly tuning: Tuning
}

function stagesOf(layers: readonly Layer[], setting: Setting): readonly Stage[] {
  let offset = 0
  return layers.map((layer, index) => {
    const start = offset
    offset += parametersOf(layer)
    return stageOf(layer, { before: layers[index - 1], after: layers[index + 1] }, start, setting)
  })
}

function stageOf(
  layer: Layer,
  { before, after }: { readonly before: Layer | undefined; readonly after: Layer | undefined },
  offset: number,
  setting: Setting,
): Stage {
  const { batch } = setting
  switch (layer.type) {
    case 'dense': {
      const { inputs, units, activation } = layer
      return denseStage({ batch, inputs, units, offset }, activation === 'relu', setting)
    }
    case 'conv2d': {
      if (before !== undefined && before.type !== 'max-pool')
        throw new Error(`there is no compiled convolution after ${before.type}`)
      if (after?.type !== 'max-pool') throw new Error('there is no compiled convolution without pooling yet')
      const { inputs, filters, kernel, stride, padding, activation } = layer
      if (stride !== 1 || padding !== 'valid' || activation !== 'relu')
        throw new Error('there is no compiled convolution with a stride, padding or linear activation yet')
      return convolutionStage({ batch, inputs, filters, side: kernel, offset }, setting)
    }
    case 'max-pool': {
      if (before?.type !== 'conv2d') throw new Error('there is no compiled pooling but after a convolution')
      const { inputs, kernel, stride } = layer
      if (stride !== kernel) throw new Error('there is no compiled pooling of windows that overlap yet')
      return poolingStage({ batch, inputs, size: kernel })
    }
    case 'flatten':
      throw new Error('flattening takes no stage')
    case 'depthwise-conv2d':
    case 'average-pool':
    case 'relu':
    case 'batch-norm':
    case 'layer-norm':
    case 'dropout':
      throw new Error(`there is no compiled ${layer.type} yet`)
  }
}

const denseStage = (shape: DenseShape, relu: boolean, { gradients, tuning }: Setting): Stage => ({
  outputs: shape.units,
  relu,
  forward: (x, y) => denseKernel(shape, tuning, relu, { x, y }),
  backward: ({ x, dy, dx, xRelu }) => {
    const own = denseKernelGradient(shape, tuning, gradientAt(gradients, shape.offset), { x, dy })
    return dx === undefined ? [own] : merged(own, denseInputGradient(shape, tuning, xRelu, { x, dx, dy }))
  },
})

/** The pooling that follows puts its mask on. */
function convolutionStage(shape: ConvolutionShape, { gradients, tuning }: Setting): Stage {
  const [height, width] = shape.inputs
  return {
    outputs: (height - shape.side + 1) * (width - shape.side + 1) * shape.filters,
    relu: false,
    forward: (x, y) => convolutionKernel(shape, tuning, { x, y }),
    backward: ({ x, dy, dx }) => {
      const own = convolutionFilterGradient(shape, tuning, gradients.split, { x, dy })
      return dx === undefined ? [own] : merged(own, convolutionInputGradient(shape, tuning, { dx, dy }))
    },
  }
}

function poolingStage(shape: PoolingShape): Stage {
  const [height, width, channels] = shape.inputs
  return {
    outputs: Math.floor(height / shape.size) * Math.floor(width / shape.size) * channels,
    relu: false,
    forward: (x, y) => poolingKernel(shape, x, y),
    backward: ({ x, dy, dx }) => (dx === undefined ? [] : [poolingGradient(shape, { x, dx, dy })]),
  }
}
