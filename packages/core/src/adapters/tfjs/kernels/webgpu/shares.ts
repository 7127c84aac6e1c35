import type { TensorInfo } from '@tensorflow/tfjs-core'
import { elements } from '../../../../params/layout.ts'
import type { Split } from '../../compiled/kernels/convolution-filter.ts'
import type { Tuning } from '../../compiled/tuning.ts'
import type { GpuBackend, RunKernel } from './gpu-backend.ts'
import { summed } from './reduction.ts'

/** Floats that the gradients of all shares may take while they wait to be added up. */
const mostFloats = 2 ** 21

/** How a batch is shared out for the gradient of a filter: the larger that is, the fewer the shares. */
export function splitOf(filterShape: readonly number[], batch: number, { shares }: Tuning): Split {
  const stride = elements(filterShape)
  const wanted = Math.min(shares, Math.max(1, Math.floor(mostFloats / stride)))
  const examples = Math.ceil(batch / wanted)
  return { shares: Math.ceil(batch / examples), examples, stride }
}

/** The sum of `parts` [shares, ...filter], which it disposes. */
export function sumOfShares(run: RunKernel, backend: GpuBackend, parts: TensorInfo): TensorInfo {
  const [count = 1, ...filterShape] = parts.shape
  if (count === 1) return { ...parts, shape: filterShape }
  const shape = { outer: 1, count, inner: elements(filterShape), kind: 'sum' } as const
  const sum = summed(run, backend, parts, shape, filterShape)
  backend.disposeData(parts.dataId)
  return sum
}
