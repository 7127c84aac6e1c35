import type { CompleteOptimizer, TrainingSpec } from '../task/task.ts'
import type { Kernels } from './kernels.ts'

/** What turns a mean gradient into new parameters, with what the optimizer keeps from step to step. */
export interface Descent {
  /** One step along the gradient at this address, which is zero afterwards. */
  step(gradient: number): void
  /** The parameters as they are now become what the proximal term pulls to. */
  anchor(): void
  dispose(): void
}

const firstDecay = 0.9
const secondDecay = 0.999

/** @param params address of the parameters, which take so many bytes */
export function createDescent(
  kernels: Kernels,
  { optimizer, clipNorm, proximal }: TrainingSpec,
  params: number,
  bytes: number,
): Descent {
  const { run } = kernels
  const momentsBytes = momentsOf(optimizer) * bytes
  const moments = momentsBytes === 0 ? 0 : kernels.allocate(momentsBytes)
  const anchored = proximal === 0 ? 0 : kernels.allocate(bytes)
  const count = bytes / 4
  let stepsTaken = 0

  /** g += mu (w - anchor): the gradient of mu / 2 ||w - anchor||^2. */
  function pull(gradient: number): void {
    const { floats } = kernels
    const [g, w, a] = [gradient / 4, params / 4, anchored / 4]
    for (let i = 0; i < count; i++)
      floats[g + i] = (floats[g + i] ?? 0) + proximal * ((floats[w + i] ?? 0) - (floats[a + i] ?? 0))
  }

  /** v <- momentum v + scale g, w <- w - rate v; the gradient is zero again, as the kernels leave it. */
  function roll(gradient: number, momentum: number, scale: number): void {
    const { floats } = kernels
    const [g, v, w] = [gradient / 4, moments / 4, params / 4]
    for (let i = 0; i < count; i++) {
      const velocity = momentum * (floats[v + i] ?? 0) + scale * (floats[g + i] ?? 0)
      floats[v + i] = velocity
      floats[w + i] = (floats[w + i] ?? 0) - optimizer.learningRate * velocity
      floats[g + i] = 0
    }
  }

  function shrink(share: number): void {
    const { floats } = kernels
    const w = params / 4
    for (let i = 0; i < count; i++) floats[w + i] = (1 - share) * (floats[w + i] ?? 0)
  }

  function stepAdam(gradient: number, scale: number, learningRate: number): void {
    const rate = learningRate / (1 - firstDecay ** stepsTaken)
    const correction = 1 / (1 - secondDecay ** stepsTaken)
    run.descendAdam(params, gradient, moments, moments + bytes, bytes, scale, rate, correction)
  }

  return {
    step: (gradient) => {
      if (proximal > 0) pull(gradient)
      const gradientNorm = clipNorm > 0 ? Math.sqrt(run.squareSum(gradient, bytes)) : 0
      const scale = gradientNorm > clipNorm ? clipNorm / gradientNorm : 1
      const { learningRate } = optimizer
      stepsTaken++
      switch (optimizer.kind) {
        case 'sgd':
          run.descend(params, gradient, bytes, learningRate * scale)
          break
        case 'momentum':
          roll(gradient, optimizer.momentum, scale)
          break
        case 'adam':
          stepAdam(gradient, scale, learningRate)
          break
        case 'adamw':
          shrink(learningRate * optimizer.weightDecay)
          stepAdam(gradient, scale, learningRate)
          break
      }
    },
    anchor: () => {
      if (proximal > 0) kernels.floats.copyWithin(anchored / 4, params / 4, params / 4 + count)
    },
    dispose: () => {
      if (momentsBytes > 0) kernels.release(moments, momentsBytes)
      if (proximal > 0) kernels.release(anchored, bytes)
    },
  }
}

/** Vectors as long as the parameters that the optimizer keeps. */
function momentsOf({ kind }: CompleteOptimizer): 0 | 1 | 2 {
  switch (kind) {
    case 'sgd':
      return 0
    case 'momentum':
      return 1
    case 'adam':
    case 'adamw':
      return 2
  }
}
