import type { TensorInfo } from '@tensorflow/tfjs-core'
import { windowsGradient, windowsKernel } from '../../compiled/kernels/pooling-windows.ts'
import { areFloats, type GpuKernel, isEmulated, type RunKernel } from './gpu-backend.ts'
import { type PoolAttributes, poolShape } from './window-shape.ts'

/** Of each window. */
type Kind = 'mean' | 'largest'

/** x: [batch, height, width, channels] */
type Pool = GpuKernel<{ readonly x: TensorInfo }, PoolAttributes>

/** MaxPool, or AvgPool, on an emulated GPU, four channels at a time. */
export const pool =
  (run: RunKernel, kind: Kind, stock: Pool): Pool =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { x } = inputs
    const shape = poolShape(x.shape, attrs)
    if (shape === undefined || !areFloats(x) || !isEmulated(backend)) return stock(call)
    const { batch, outputs, inputs: image } = shape
    return run(
      backend,
      `pool ${kind} ${JSON.stringify(shape)}`,
      () => windowsKernel(shape, kind, { x: 'x', y: 'y' }),
      { x },
      [batch, ...outputs, image[2]],
    )
  }

interface PoolGradientInputs {
  /** [batch, out height, out width, channels] */
  readonly dy: TensorInfo
  /** [batch, height, width, channels] */
  readonly input: TensorInfo
}

type PoolGradient = GpuKernel<PoolGradientInputs, PoolAttributes>

/**
 * MaxPoolGrad, or AvgPoolGrad, on an emulated GPU. As in plain JavaScript, of several largest values the first gets
 * the error; stock gives it to the last.
 */
export const poolGradient =
  (run: RunKernel, kind: Kind, stock: PoolGradient): PoolGradient =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { dy, input } = inputs
    const shape = poolShape(input.shape, attrs)
    if (shape === undefined || !areFloats(dy, input) || !isEmulated(backend)) return stock(call)
    const names = { x: 'x', dx: 'dx', dy: 'dy', mask: false }
    return run(
      backend,
      `pool gradient ${kind} ${JSON.stringify(shape)}`,
      () => windowsGradient(shape, kind, names),
      { dy, x: input },
      input.shape,
    )
  }
