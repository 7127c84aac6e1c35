import type { TensorInfo } from '@tensorflow/tfjs-core'
import { type GpuKernel, isEmulated } from './gpu-backend.ts'

interface BinaryInputs {
  readonly a: TensorInfo
  readonly b: TensorInfo
}

type Binary = GpuKernel<BinaryInputs, object>

/**
 * An operation on two tensors, on an emulated GPU. Where one of them is a short row, as a bias is, stock keeps it in
 * workgroup memory; of a matrix with one row it makes no such thing.
 */
export const binary =
  (stock: Binary): Binary =>
  (call) => {
    const { inputs, backend } = call
    const { a, b } = inputs
    if (a.shape.length === b.shape.length || !isEmulated(backend)) return stock(call)
    return stock({ ...call, inputs: { a: besides(b, a), b: besides(a, b) } })
  }

/** A row as a matrix where the other tensor has more axes than it. */
const besides = (other: TensorInfo, { dataId, shape, dtype }: TensorInfo): TensorInfo => ({
  dataId,
  shape: shape.length === 1 && other.shape.length > 1 ? [1, ...shape] : shape,
  dtype,
})

type Transpose = GpuKernel<{ readonly x: TensorInfo }, { readonly perm: readonly number[] }>

/** Transpose, on an emulated GPU. Of a matrix stock makes it in tiles of workgroup memory, of three axes without. */
export const transpose =
  (stock: Transpose): Transpose =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { dataId, shape, dtype } = inputs.x
    const [rows = 0, columns = 0] = shape
    if (shape.length !== 2 || attrs.perm[0] !== 1 || !isEmulated(backend)) return stock(call)
    const x = { dataId, shape: [rows, columns, 1], dtype }
    return { ...stock({ ...call, inputs: { x }, attrs: { perm: [1, 0, 2] } }), shape: [columns, rows] }
  }
