import { engine, type NamedAttrMap, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import { updateKernels } from '../kernels/update.ts'
import type { Arithmetic } from './arithmetic.ts'

/** What the optimizer does, as kernels that `kernels/` adds to tfjs for a backend. */
export const updateArithmetic: Pick<Arithmetic, 'squaredNorm' | 'descent'> = {
  squaredNorm: (tensors) => run<Scalar>(updateKernels.squaredNorm, Object.fromEntries(tensors.entries())),
  descent: (x, rate, gradient) => run(updateKernels.descent, { x, rate, gradient }),
}

/** Runs a kernel that tfjs has no operation for. */
export const run = <T extends Tensor | Tensor[]>(
  kernel: string,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: object = {},
): T => engine().runKernel<T>(kernel, inputs, attributes as NamedAttrMap)
