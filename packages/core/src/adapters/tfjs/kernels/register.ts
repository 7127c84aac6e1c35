import {
  getKernel,
  type KernelConfig,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core'
import { approach, approachName } from './approach.ts'
import { averagePoolGradient, depthwiseFilterGradient, depthwiseInputGradient } from './depthwise-gradient.ts'
import { filterGradient } from './filter-gradient.ts'
import { fromBytes, fromBytesName } from './from-bytes.ts'
import { inputGradient } from './input-gradient.ts'
import { createLoops } from './loops.ts'
import { poolGradient } from './pool-gradient.ts'
import { fusedProduct, product } from './product.ts'
import { sumOverRows } from './sum-over-rows.ts'
import { descent, squaredNorm, updateKernels } from './update.ts'
import { asKernelFunc, type WasmKernel, wasmKernel } from './wasm-heap.ts'

/**
 * Gives tfjs's wasm backend what it needs to train convolutions, and to do backpropagation on XNNPACK. The
 * backend's package must have been imported; whether it runs already does not matter. The second call does nothing.
 */
export function registerWasmKernels(): void {
  // Stock has none: it stands for all of them.
  if (getKernel('Conv2DBackpropFilter', 'wasm') !== undefined) return
  const loops = createLoops()
  add('Conv2DBackpropFilter', filterGradient(loops))
  add('DepthwiseConv2dNativeBackpropFilter', depthwiseFilterGradient(loops))
  add('DepthwiseConv2dNativeBackpropInput', depthwiseInputGradient(loops))
  add(updateKernels.squaredNorm, squaredNorm(loops))
  add(updateKernels.descent, descent(loops))
  add(approachName, approach(loops))
  add(fromBytesName, fromBytes(loops))
  replace('BatchMatMul', product(loops, wasmKernel('BatchMatMul')))
  replace('_FusedMatMul', fusedProduct(loops, wasmKernel('_FusedMatMul')))
  replace('Conv2DBackpropInput', inputGradient(wasmKernel('Conv2DBackpropInput')))
  replace('MaxPoolGrad', poolGradient(loops))
  replace('Sum', sumOverRows(loops, wasmKernel('Sum')))
  replace('AvgPoolGrad', averagePoolGradient(loops, wasmKernel('AvgPoolGrad')))
}

const add = <Inputs, Attributes, Output extends TensorInfo | readonly TensorInfo[]>(
  kernelName: string,
  kernel: WasmKernel<Inputs, Attributes, Output>,
): void => registerKernel({ kernelName, backendName: 'wasm', kernelFunc: asKernelFunc(kernel) })

/** Keeps the stock kernel's setup, which a wrapper of it needs when the backend starts later. */
function replace<Inputs, Attributes>(name: string, kernel: WasmKernel<Inputs, Attributes>): void {
  const stock: KernelConfig = getKernel(name, 'wasm')
  unregisterKernel(name, 'wasm')
  registerKernel({ ...stock, kernelFunc: asKernelFunc(kernel) })
}
