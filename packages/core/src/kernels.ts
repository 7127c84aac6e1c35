/** Importing this module is enough: `import '@gossamer/core/kernels'` before or after tfjs's backends start. */
export { registerWasmKernels } from './kernels-wasm.ts'
export { registerWebgpuKernels } from './kernels-webgpu.ts'
