/**
 * Importing this module is enough: `import '@gossamer/core/kernels'` before or after tfjs's backends start. It loads both
 * backends, of which tfjs prefers WebGPU where nobody calls `setBackend`.
 */
export { registerWasmKernels } from './kernels-wasm.ts'
export { registerWebgpuKernels } from './kernels-webgpu.ts'
