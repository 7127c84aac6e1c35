import { engine, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import { updateKernels } from '../kernels/update.ts'
import type { Arithmetic } from './arithmetic.ts'
import { deviceArithmetic } from './device.ts'

/** For wasm with the kernels of `kernels/`, where a pass over the parameters costs more than the call of an operation. */
export const wasmArithmetic: Arithmetic = {
  ...deviceArithmetic,
  squaredNorm: (tensors) => run<Scalar>(updateKernels.squaredNorm, Object.fromEntries(tensors.entries())),
  descent: (x, rate, gradient) => run(updateKernels.descent, { x, rate, gradient }),
}

const run = <T extends Tensor>(kernel: string, inputs: Readonly<Record<string, Tensor>>): T =>
  engine().runKernel<T>(kernel, inputs)
