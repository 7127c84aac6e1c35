import { ones, type Rank } from '@tensorflow/tfjs-core'
import type { Arithmetic } from './arithmetic.ts'
import { biasGradient, deviceArithmetic } from './device.ts'

/** For wasm with the kernels of ../kernels: XNNPACK sums 21,632 rows of 16 in 0.2 ms, tfjs's Sum in 0.8. */
export const wasmArithmetic: Arithmetic = {
  ...deviceArithmetic,
  rowSums: (x) => biasGradient(x, ones<Rank.R2>([1, x.shape[0]])),
}
