import type { Arithmetic } from './arithmetic.ts'
import { deviceArithmetic } from './device.ts'
import { updateArithmetic } from './own-kernels.ts'

/** For WebGPU with the kernels of `kernels/webgpu/`, which suit themselves to a GPU or its emulation. */
export const webgpuArithmetic: Arithmetic = { ...deviceArithmetic, ...updateArithmetic }
