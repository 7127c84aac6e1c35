import type { TensorInfo } from '@tensorflow/tfjs-core'
import { elements } from '../../../../params/layout.ts'
import type { Split } from '../../compiled/kernels/convolution-filter.ts'
import type { Tuning } from '../../compiled/tuning.ts'
import type { GpuBackend, RunKernel } from './gpu-backend.ts'
import { sumOf } from './sum.ts'

/** Floats that the gradients of all shares may take while they wait to be added up. */
const mostFloats = 2 ** 21

/** How a batch is shared out for the gradient of a filter: in fewer shares the larger it is. */
export function splitOf(filterShape: readonly number[], batch: number, { shares }: Tuning): Split {
  const stride = elements(filterShape)
  const wanted = Math.min(shares, Math.max(1, Math.floor(mostFloats / stride)))
  const examples = Math.ceil(batch / wanted)
  return { shares: Math.ceil(batch / examples), examples, stride }
}

/** The sum of `parts` [shares, ...filter], which it disposes. */
export function summedShares(run: RunKernel, backend: GpuBackend, parts: TensorInfo): TensorInfo {
  const [shares = 1, ...filterShape] = parts.shape
  if (shares === 1) return { ...parts, shape: filterShape }
  const inner = elements(filterShape)
  const sum = sumOf(
    run,
    backend,
    parts,
    { outer: 1, count: shares, inner, factor: 1, squared: false },
    filterShape,
  )
  backend.disposeData(parts.dataId)
  return sum
}
