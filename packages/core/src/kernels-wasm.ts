import '@tensorflow/tfjs-backend-wasm'
import { registerWasmKernels } from './adapters/tfjs/kernels/register.ts'

/** Importing this module is enough: `import '@gossamer/core/kernels/wasm'` before or after tfjs's backend starts. */
registerWasmKernels()

export { registerWasmKernels }
