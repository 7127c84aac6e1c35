import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core'
import { updateKernels } from '../update.ts'
import { convolution, filterGradient, inputGradient } from './convolution.ts'
import { depthwiseFilter, depthwiseInput } from './depthwise.ts'
import { asKernelFunc, createRunner, type GpuKernel, gpuKernel } from './gpu-backend.ts'
import { pool, poolGradient } from './pooling.ts'
import { product } from './product.ts'
import { reduction } from './reduction.ts'
import { binary, transpose } from './shared-memory.ts'
import { softmax } from './softmax.ts'
import { descent, squaredNorm } from './update.ts'

/**
 * Gives tfjs's WebGPU backend better kernels for training: of filters' gradients on any GPU, and where that is an
 * emulation on the CPU of all that stock computes in workgroup memory. What they do not take they leave to stock. The
 * backend's package must have been imported; whether it runs already does not matter, nor whether there is WebGPU at all.
 * The second call does nothing.
 */
export function registerWebgpuKernels(): void {
  // Stock has none: it stands for all of them.
  if (getKernel(updateKernels.descent, 'webgpu') !== undefined) return
  const run = createRunner()
  add(updateKernels.descent, descent(run))
  add(updateKernels.squaredNorm, squaredNorm(run))
  replace('Conv2DBackpropFilter', filterGradient(run, gpuKernel('Conv2DBackpropFilter')))
  replace(
    'DepthwiseConv2dNativeBackpropFilter',
    depthwiseFilter(run, gpuKernel('DepthwiseConv2dNativeBackpropFilter')),
  )
  replace('Conv2D', convolution(run, gpuKernel('Conv2D')))
  replace('FusedConv2D', convolution(run, gpuKernel('FusedConv2D')))
  replace('Conv2DBackpropInput', inputGradient(run, gpuKernel('Conv2DBackpropInput')))
  replace(
    'DepthwiseConv2dNativeBackpropInput',
    depthwiseInput(run, gpuKernel('DepthwiseConv2dNativeBackpropInput')),
  )
  replace('MaxPool', pool(run, 'largest', gpuKernel('MaxPool')))
  replace('AvgPool', pool(run, 'mean', gpuKernel('AvgPool')))
  replace('MaxPoolGrad', poolGradient(run, 'largest', gpuKernel('MaxPoolGrad')))
  replace('AvgPoolGrad', poolGradient(run, 'mean', gpuKernel('AvgPoolGrad')))
  replace('BatchMatMul', product(run, gpuKernel('BatchMatMul')))
  replace('_FusedMatMul', product(run, gpuKernel('_FusedMatMul')))
  replace('Softmax', softmax(run, gpuKernel('Softmax')))
  replace('Sum', reduction(run, 'sum', gpuKernel('Sum')))
  replace('Mean', reduction(run, 'mean', gpuKernel('Mean')))
  for (const name of ['Add', 'Sub', 'Multiply', 'RealDiv', 'SquaredDifference'])
    replace(name, binary(gpuKernel(name)))
  replace('Transpose', transpose(gpuKernel('Transpose')))
}

const add = <Inputs, Attributes>(kernelName: string, kernel: GpuKernel<Inputs, Attributes>): void =>
  registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: asKernelFunc(kernel) })

function replace<Inputs, Attributes>(name: string, kernel: GpuKernel<Inputs, Attributes>): void {
  const stock: KernelConfig = getKernel(name, 'webgpu')
  unregisterKernel(name, 'webgpu')
  registerKernel({ ...stock, kernelFunc: asKernelFunc(kernel) })
}
