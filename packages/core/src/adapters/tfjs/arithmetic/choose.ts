import type { Backend } from '../backend.ts'
import type { Arithmetic } from './arithmetic.ts'
import { deviceArithmetic } from './device.ts'
import { wasmArithmetic } from './wasm.ts'
import { webgpuArithmetic } from './webgpu.ts'

export function arithmeticFor({ name }: Backend): Arithmetic {
  if (name === 'webgpu') return webgpuArithmetic
  return name === 'wasm' ? wasmArithmetic : deviceArithmetic
}
