import type { TensorInfo } from '@tensorflow/tfjs-core'
import { type WasmHeap, type WasmKernel, wasmKernel } from './wasm-heap.ts'

export interface ProductInputs {
  readonly a: TensorInfo
  readonly b: TensorInfo
}

export interface ProductAttributes {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

type Product = WasmKernel<ProductInputs, ProductAttributes>

/**
 * BatchMatMul whose transposed operands, which are all of backpropagation, are transposed first: stock sends them
 * to a scalar loop, plain ones to XNNPACK. Products of several matrices at once stay with stock, which has no
 * better way for them.
 */
export const transposedProduct =
  (stock: Product): Product =>
  ({ inputs: { a, b }, backend, attrs }) => {
    const { transposeA, transposeB } = attrs
    if (!(transposeA || transposeB) || isBatch(a) || isBatch(b))
      return stock({ inputs: { a, b }, backend, attrs })
    const left = transposeA ? transposed(a, backend) : a
    const right = transposeB ? transposed(b, backend) : b
    const plain = { transposeA: false, transposeB: false }
    const product = stock({ inputs: { a: left, b: right }, backend, attrs: plain })
    if (transposeA) backend.disposeData(left.dataId)
    if (transposeB) backend.disposeData(right.dataId)
    return product
  }

const isBatch = ({ shape }: TensorInfo): boolean => shape.slice(0, -2).some((size) => size !== 1)

function transposed(x: TensorInfo, backend: WasmHeap): TensorInfo {
  const rank = x.shape.length
  const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis))
  const transpose = wasmKernel<{ readonly x: TensorInfo }, { readonly perm: readonly number[] }>('Transpose')
  return transpose({ inputs: { x }, backend, attrs: { perm } })
}
