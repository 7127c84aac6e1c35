import type { Backend } from '../backend.ts'
import type { Arithmetic } from './arithmetic.ts'
import { deviceArithmetic } from './device.ts'
import { softwareGpuArithmetic } from './software-gpu.ts'
import { wasmArithmetic } from './wasm.ts'

/** A GPU and its emulation want opposite kernels, so the adapter decides as much as the backend. */
export function arithmeticFor(backend: Backend): Arithmetic {
  if (backend.name === 'webgpu' && backend.software) return softwareGpuArithmetic
  return backend.name === 'wasm' ? wasmArithmetic : deviceArithmetic
}
