import { env } from '@tensorflow/tfjs-core'
import { DeviceError } from '../device-error.ts'
import { registerWasmKernels } from '../kernels/register.ts'
import type { WasmHeap } from '../kernels/wasm-heap.ts'
import { type BackendOptions, initializeBackend, isInitialized, type StartedDevice } from './device.ts'

/**
 * Starts WebAssembly: SIMD where there is any, on one thread; `threads/` has several do a step together. Training needs no
 * GPU here, and on a machine without one this is the fastest backend by far.
 *
 * On a cross-origin isolated page tfjs would take its build for threads. That one sends its own source to its threads,
 * which minifying breaks: training would wait for them for ever. And it keeps its memory to itself, so that the loops of
 * `kernels/` work on copies: unminified, on two cores, steps took 1.6 (CNN) to 2.6 times (MLP) as long.
 */
export async function startWasm({ wasmPaths }: BackendOptions): Promise<StartedDevice> {
  if (typeof WebAssembly === 'undefined')
    throw new DeviceError('wasm', 'unavailable', 'this browser has no WebAssembly')
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  registerWasmKernels()
  const paths = wasmPaths ?? (inNode() ? undefined : bundledPaths())
  if (!isInitialized('wasm')) {
    env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
    if (paths !== undefined) wasm.setWasmPaths({ ...paths })
  }
  const heap = (await initializeBackend('wasm')) as WasmHeap
  const simd = await env().getAsync('WASM_HAS_SIMD_SUPPORT')
  const threads = (await env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')) ? wasm.getThreadsCount() : 1
  return {
    view: (x) => heap.typedArrayFromHeap(x),
    adapter: simd ? 'SIMD' : 'no SIMD',
    software: false,
    threads,
    watch: () => undefined,
  }
}

/** In Node the backend finds its files beside itself. */
const inNode = (): boolean => import.meta.url.startsWith('file:')

/** Written out one by one: bundlers recognize only literal URLs. */
const bundledPaths = (): Readonly<Record<string, string>> => ({
  'tfjs-backend-wasm.wasm': new URL(
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
    import.meta.url,
  ).href,
  'tfjs-backend-wasm-simd.wasm': new URL(
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    import.meta.url,
  ).href,
  'tfjs-backend-wasm-threaded-simd.wasm': new URL(
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm',
    import.meta.url,
  ).href,
})
