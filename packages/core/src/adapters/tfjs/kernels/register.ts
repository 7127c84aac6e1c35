import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core'
import { filterGradient } from './filter-gradient.ts'
import { inputGradient } from './input-gradient.ts'
import { poolGradient } from './pool-gradient.ts'
import { transposedProduct } from './transposed-product.ts'
import { asKernelFunc, type WasmKernel, wasmKernel } from './wasm-heap.ts'

/**
 * Gives tfjs's wasm backend what it needs to train convolutions, and to do backpropagation on XNNPACK. The
 * backend's package must have been imported; whether it runs already does not matter. The second call does nothing.
 */
export function registerWasmKernels(): void {
  // Stock has none: it stands for all four.
  if (getKernel('Conv2DBackpropFilter', 'wasm') !== undefined) return
  registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: asKernelFunc(filterGradient),
  })
  replace('BatchMatMul', transposedProduct(wasmKernel('BatchMatMul')))
  replace('Conv2DBackpropInput', inputGradient(wasmKernel('Conv2DBackpropInput')))
  replace('MaxPoolGrad', poolGradient)
}

/** Keeps the stock kernel's setup, which a wrapper of it needs when the backend starts later. */
function replace<Inputs, Attributes>(name: string, kernel: WasmKernel<Inputs, Attributes>): void {
  const stock: KernelConfig = getKernel(name, 'wasm')
  unregisterKernel(name, 'wasm')
  registerKernel({ ...stock, kernelFunc: asKernelFunc(kernel) })
}
