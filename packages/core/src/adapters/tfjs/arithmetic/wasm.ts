import { approachName } from '../kernels/approach.ts'
import { fromBytesName } from '../kernels/from-bytes.ts'
import type { Arithmetic } from './arithmetic.ts'
import { deviceArithmetic } from './device.ts'
import { run, updateArithmetic } from './own-kernels.ts'

/** For wasm with the kernels of `kernels/`, where a pass over the parameters costs more than the call of an operation. */
export const wasmArithmetic: Arithmetic = {
  ...deviceArithmetic,
  ...updateArithmetic,
  fromBytes: (bytes, shape, unit) => run(fromBytesName, {}, { bytes, shape, unit }),
  approach: (params, bytes, share) =>
    run(approachName, Object.fromEntries(params.entries()), { bytes, share }),
}
