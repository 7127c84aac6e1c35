import {
  getKernelsForBackend,
  type KernelConfig,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core'

export type KernelSet = readonly KernelConfig[]

/** All kernels of a backend as they are at this moment. */
export const kernelsOf = (backend: string): KernelSet =>
  getKernelsForBackend(backend).map((kernel) => ({ ...kernel }))

/** Puts a backend's kernels back to an earlier moment. */
export function restoreKernels(backend: string, set: KernelSet): void {
  for (const { kernelName } of getKernelsForBackend(backend)) unregisterKernel(kernelName, backend)
  for (const kernel of set) registerKernel(kernel)
}
