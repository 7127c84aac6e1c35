import {
  add,
  dispose,
  div,
  keep,
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
  /** The parameters were replaced or merged: these are what a proximal term pulls to from now on. Shares their data. */
  anchor(params: readonly Tensor[]): void
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

/** No anchor is kept. */
const adrift = (): void => undefined

export function createOptimizer(training: TrainingSpec, arithmetic: Arithmetic): Optimizer {
  const { batchSize, proximal } = training
  const rule = ruleOf(training, arithmetic)
  return proximal === 0 ? rule : withProximal(rule, proximal * batchSize)
}

function ruleOf({ optimizer, batchSize, clipNorm }: TrainingSpec, arithmetic: Arithmetic): Optimizer {
  const clippingAt = (rate: number): Clipping => clipping(batchSize, clipNorm, rate, arithmetic)
  switch (optimizer.kind) {
    case 'sgd':
      return sgd(clippingAt(optimizer.learningRate), arithmetic)
    case 'momentum':
      return heavyBall(clippingAt(1), optimizer)
    case 'adam':
      return adam(clippingAt(1), optimizer.learningRate, 0)
    case 'adamw':
      return adam(clippingAt(1), optimizer.learningRate, optimizer.weightDecay)
  }
}

/**
 * FedProx (Li et al. 2020, arXiv 1812.06127): the mean gradient grows by mu (x - anchor), the summed one by
 * `strength` = batch x mu times as much, before it is clipped.
 */
function withProximal(rule: Optimizer, strength: number): Optimizer {
  let anchors: readonly Tensor[] = []
  return {
    ...rule,
    apply: (params, gradients) =>
      rule.apply(
        params,
        params.map((param, i) => add(of(gradients, i), mul(strength, sub(param, of(anchors, i))))),
      ),
    anchor: (params) => {
      dispose([...anchors])
      anchors = params.map((param) => keep(param.clone()))
    },
    dispose: () => {
      rule.dispose()
      dispose([...anchors])
    },
  }
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
function sgd({ factor, dispose }: Clipping, { descent }: Arithmetic): Optimizer {
  return {
    apply: (params, gradients) => {
      const scale = factor(gradients)
      return { params: params.map((param, i) => descent(param, scale, of(gradients, i))), state: [] }
    },
    commit: () => undefined,
    anchor: adrift,
    dispose,
  }
}

/** v <- momentum v + g, x <- x - rate v (Sutskever et al. 2013, without look-ahead). */
function heavyBall(
  clip: Clipping,
  { momentum, learningRate }: { readonly momentum: number; readonly learningRate: number },
): Optimizer {
  let velocities: readonly Tensor[] = []
  return {
    apply: (params, gradients) => {
      const scale = clip.factor(gradients)
      const state = gradients.map((gradient, i) => {
        const push = mul(scale, gradient)
        const velocity = velocities[i]
        return velocity === undefined ? push : add(mul(velocity, momentum), push)
      })
      return { params: params.map((param, i) => sub(param, mul(of(state, i), learningRate))), state }
    },
    commit: (state) => {
      dispose([...velocities])
      velocities = state
    },
    anchor: adrift,
    dispose: () => {
      clip.dispose()
      dispose([...velocities])
    },
  }
}

/**
 * Adam (Kingma and Ba 2015, arXiv 1412.6980): m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2,
 * x <- x - rate m' / (sqrt(v') + 1e-7), where m' and v' are divided by 1 - b^t. With a decay, AdamW (Loshchilov and
 * Hutter 2019, arXiv 1711.05101): the same from (1 - rate decay) x.
 */
function adam(clip: Clipping, rate: number, decay: number): Optimizer {
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
        const from = decay === 0 ? param : mul(param, 1 - rate * decay)
        return { param: sub(from, div(mul(mean, rate / firstShare), width)), state: [mean, spread] }
      })
      return { params: next.map(({ param }) => param), state: next.flatMap(({ state }) => state) }
    },
    commit: (state) => {
      dispose([...moments])
      moments = state
      steps++
    },
    anchor: adrift,
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
