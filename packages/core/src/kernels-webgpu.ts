import '@tensorflow/tfjs-backend-webgpu'
import { registerWebgpuKernels } from './adapters/tfjs/kernels/webgpu/register.ts'

/**
 * Importing this module is enough: `import '@gossamer/core/kernels/webgpu'` before or after tfjs's backend starts. Where
 * there is no WebGPU, as in Node, it does no harm.
 */
registerWebgpuKernels()

export { registerWebgpuKernels }
