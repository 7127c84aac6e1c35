import type { TensorInfo } from '@tensorflow/tfjs-core'
import { windowsGradient } from '../../compiled/kernels/pooling-windows.ts'
import { areFloats, type GpuKernel, isEmulated, type RunKernel } from './gpu-backend.ts'
import { type PoolAttributes, poolShape } from './window-shape.ts'

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
  (run: RunKernel, kind: 'mean' | 'largest', stock: PoolGradient): PoolGradient =>
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
