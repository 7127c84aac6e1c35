import {
  add,
  dispose,
  div,
  minimum,
  mul,
  rsqrt,
  type Scalar,
  scalar,
  sqrt,
  square,
  sub,
  type Tensor,
  zerosLike,
} from '@tensorflow/tfjs-core'
import type { TrainingSpec } from '../../task/task.ts'
import type { Arithmetic } from './arithmetic/arithmetic.ts'

/** Turns gradients into new parameters, all on the device. */
export interface Optimizer {
  /**
   * New parameters after one step along the SUMMED gradients of a batch. Runs inside a `tidy` of the caller, who
   * keeps the result. The mean gradient is scaled down to the task's `clipNorm` where its L2 norm is larger.
   */
  apply(params: readonly Tensor[], gradients: readonly Tensor[]): Stepped
  /** Puts the state that belongs to the parameters of `apply` in force. */
  commit(state: readonly Tensor[]): void
  dispose(): void
}

export interface Stepped {
  readonly params: Tensor[]
  /** The optimizer's own, to be kept and committed. */
  readonly state: Tensor[]
}

const firstDecay = 0.9
const secondDecay = 0.999
const epsilon = 1e-7

export function createOptimizer(training: TrainingSpec, arithmetic: Arithmetic): Optimizer {
  const { optimizer, batchSize, clipNorm } = training
  return optimizer.kind === 'sgd'
    ? sgd(clipping(batchSize, clipNorm, optimizer.learningRate, arithmetic))
    : adam(clipping(batchSize, clipNorm, 1, arithmetic), optimizer.learningRate)
}

interface Clipping {
  /** What summed gradients are multiplied by: min(rate / batch, rate clip / ||g||), a scalar on the device. */
  factor(gradients: readonly Tensor[]): Scalar
  dispose(): void
}

/** Global-norm clipping (Pascanu et al. 2013, arXiv 1211.5063) without reading the norm back. */
function clipping(batchSize: number, clipNorm: number, rate: number, arithmetic: Arithmetic): Clipping {
  const unclipped = scalar(rate / batchSize)
  const clipped = scalar(rate * clipNorm)
  return {
    factor: (gradients) =>
      clipNorm === 0
        ? unclipped
        : minimum(unclipped, mul<Scalar>(clipped, rsqrt(arithmetic.squaredNorm(gradients)))),
    dispose: () => dispose([unclipped, clipped]),
  }
}

/** x <- x - rate g. */
function sgd({ factor, dispose }: Clipping): Optimizer {
  return {
    apply: (params, gradients) => {
      const scale = factor(gradients)
      return { params: params.map((param, i) => sub(param, mul(scale, of(gradients, i)))), state: [] }
    },
    commit: () => undefined,
    dispose,
  }
}

/**
 * Adam (Kingma and Ba 2015, arXiv 1412.6980): m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2,
 * x <- x - rate m' / (sqrt(v') + 1e-7), where m' and v' are divided by 1 - b^t.
 */
function adam(clip: Clipping, rate: number): Optimizer {
  let steps = 0
  let moments: readonly Tensor[] = []
  return {
    apply: (params, gradients) => {
      const scale = clip.factor(gradients)
      const firstShare = 1 - firstDecay ** (steps + 1)
      const secondShare = 1 - secondDecay ** (steps + 1)
      const next = params.map((param, i) => {
        const gradient = mul(scale, of(gradients, i))
        const first = moments[2 * i] ?? zerosLike(param)
        const second = moments[2 * i + 1] ?? zerosLike(param)
        const mean = add(mul(first, firstDecay), mul(gradient, 1 - firstDecay))
        const spread = add(mul(second, secondDecay), mul(square(gradient), 1 - secondDecay))
        const width = add(sqrt(div(spread, secondShare)), epsilon)
        return { param: sub(param, div(mul(mean, rate / firstShare), width)), state: [mean, spread] }
      })
      return { params: next.map(({ param }) => param), state: next.flatMap(({ state }) => state) }
    },
    commit: (state) => {
      dispose([...moments])
      moments = state
      steps++
    },
    dispose: () => {
      clip.dispose()
      dispose([...moments])
    },
  }
}

function of(tensors: readonly Tensor[], index: number): Tensor {
  const found = tensors[index]
  if (found === undefined) throw new RangeError(`there is no tensor ${index}`)
  return found
}
