import { getKernel, getKernelsForBackend } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'

test('one import registers the kernels of both backends, in Node, too, where there is no WebGPU', async () => {
  const { registerWasmKernels, registerWebgpuKernels } = await import('./kernels.ts')
  // Stock has none on wasm, and the other nowhere.
  expect(getKernel('Conv2DBackpropFilter', 'wasm')).toBeDefined()
  expect(getKernel('Descent', 'webgpu')).toBeDefined()
  const kernels = () =>
    ['wasm', 'webgpu'].flatMap((name) => getKernelsForBackend(name).map(({ kernelFunc }) => kernelFunc))
  const before = kernels()
  registerWasmKernels()
  registerWebgpuKernels()
  expect(kernels()).toEqual(before)
})
