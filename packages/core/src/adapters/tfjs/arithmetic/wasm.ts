import { engine, type NamedAttrMap, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import { approachName } from '../kernels/approach.ts'
import { fromBytesName } from '../kernels/from-bytes.ts'
import { updateKernels } from '../kernels/update.ts'
import type { Arithmetic } from './arithmetic.ts'
import { deviceArithmetic } from './device.ts'

/** For wasm with the kernels of `kernels/`, where a pass over the parameters costs more than the call of an operation. */
export const wasmArithmetic: Arithmetic = {
  ...deviceArithmetic,
  squaredNorm: (tensors) => run<Scalar>(updateKernels.squaredNorm, Object.fromEntries(tensors.entries())),
  descent: (x, rate, gradient) => run(updateKernels.descent, { x, rate, gradient }),
  fromBytes: (bytes, shape, unit) => run(fromBytesName, {}, { bytes, shape, unit }),
  approach: (params, bytes, share) =>
    run(approachName, Object.fromEntries(params.entries()), { bytes, share }),
}

const run = <T extends Tensor | Tensor[]>(
  kernel: string,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: object = {},
): T => engine().runKernel<T>(kernel, inputs, attributes as NamedAttrMap)
