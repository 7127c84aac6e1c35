import type { TensorInfo } from '@tensorflow/tfjs-core'
import { elements } from '../../../../params/layout.ts'
import type { Kernel } from '../../compiled/kernel.ts'
import { elementOf, isAligned } from '../../compiled/wgsl.ts'
import type { DescentInputs } from '../update.ts'
import type { GpuKernel, RunKernel } from './gpu-backend.ts'

/** x - rate gradient in one dispatch, where tfjs takes two. */
export const descent =
  (run: RunKernel): GpuKernel<DescentInputs, object> =>
  ({ inputs: { x, rate, gradient }, backend }) => {
    const count = elements(x.shape)
    return run(backend, `descent ${count}`, () => descentKernel(count), { x, rate, gradient }, x.shape)
  }

function descentKernel(count: number): Kernel {
  const element = elementOf(isAligned(count))
  return {
    label: 'descent',
    bindings: [
      { name: 'x', buffer: 'x', element, access: 'read' },
      { name: 'rate', buffer: 'rate', element: 'f32', access: 'read' },
      { name: 'gradient', buffer: 'gradient', element, access: 'read' },
      { name: 'y', buffer: 'y', element, access: 'read_write' },
    ],
    invocations: isAligned(count) ? count / 4 : count,
    workgroupSize: 64,
    body: 'y[t] = x[t] - rate[0] * gradient[t];',
  }
}
