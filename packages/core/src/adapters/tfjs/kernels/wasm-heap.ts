import { type DataType, getKernel, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core'

/** What these kernels use of tfjs's wasm backend; all but one of it is public there. */
export interface WasmHeap {
  /** A tensor of undefined contents. */
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo
  disposeData(dataId: object): boolean
  /** A view, of floats but for bools, that the next allocation may detach: take it after the last `makeOutput`. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array
  /** Its Emscripten module, of which nothing is promised. */
  readonly wasm?: { readonly asm?: { readonly memory?: unknown }; readonly HEAPU8?: Uint8Array }
}

/** One kernel of tfjs: tensors by name and attributes by name in; what comes out belongs to the caller. */
export interface WasmCall<Inputs, Attributes> {
  readonly inputs: Inputs
  readonly backend: WasmHeap
  readonly attrs: Attributes
}

export type WasmKernel<Inputs, Attributes, Output extends TensorInfo | readonly TensorInfo[] = TensorInfo> = (
  call: WasmCall<Inputs, Attributes>,
) => Output

/** A copy of bytes on the heap; the caller disposes it. tfjs keeps a bool in a byte. */
export function bytesOnHeap(backend: WasmHeap, bytes: Uint8Array): TensorInfo {
  const copy = backend.makeOutput([bytes.length], 'bool')
  backend.typedArrayFromHeap(copy).set(bytes)
  return copy
}

/** The wasm kernel registered under a name at this moment. Throws Error where there is none. */
export function wasmKernel<Inputs, Attributes>(name: string): WasmKernel<Inputs, Attributes> {
  const kernel = getKernel(name, 'wasm')
  if (kernel === undefined) throw new Error(`tfjs has no wasm kernel ${name}`)
  return kernel.kernelFunc as unknown as WasmKernel<Inputs, Attributes>
}

export const asKernelFunc = <Inputs, Attributes, Output extends TensorInfo | readonly TensorInfo[]>(
  kernel: WasmKernel<Inputs, Attributes, Output>,
): KernelFunc => kernel as unknown as KernelFunc
