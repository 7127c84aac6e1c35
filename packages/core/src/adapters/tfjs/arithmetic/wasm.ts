import { engine, type NamedAttrMap, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import { approachKernel } from '../kernels/approach.ts'
import { updateKernels } from '../kernels/update.ts'
import type { Arithmetic } from './arithmetic.ts'
import { deviceArithmetic } from './device.ts'

/** For wasm with the kernels of `kernels/`, where a pass over the parameters costs more than the call of an operation. */
export const wasmArithmetic: Arithmetic = {
  ...deviceArithmetic,
  squaredNorm: (tensors) => run<Scalar>(updateKernels.squaredNorm, Object.fromEntries(tensors.entries())),
  descent: (x, rate, gradient) => run(updateKernels.descent, { x, rate, gradient }),
  approach: (params, bytes, share) =>
    engine().runKernel<Tensor[]>(approachKernel, Object.fromEntries(params.entries()), {
      bytes,
      share,
    } as unknown as NamedAttrMap),
}

const run = <T extends Tensor>(kernel: string, inputs: Readonly<Record<string, Tensor>>): T =>
  engine().runKernel<T>(kernel, inputs)
