import type { TensorInfo } from '@tensorflow/tfjs-core'
import { elements } from '../../../params/layout.ts'
import type { Loops } from './loops.ts'
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

export interface FusedProductInputs extends ProductInputs {
  readonly bias?: TensorInfo
}

export interface FusedProductAttributes extends ProductAttributes {
  readonly activation: string
}

type FusedProduct = WasmKernel<FusedProductInputs, FusedProductAttributes>

/**
 * BatchMatMul for two matrices. Stock lays the right one out anew for XNNPACK at every call, which takes longer than
 * multiplying 32 examples by it, and sends transposed ones, which are all of backpropagation, to a scalar loop. These
 * loops take both as they lie, only a transposed right one is turned first. Products of several matrices at once stay
 * with stock; where the heap is closed to the loops all do, after they are turned.
 */
export const product =
  (loops: Loops, stock: Product): Product =>
  (call) => {
    const { inputs, backend, attrs } = call
    const sizes = sizesOf(inputs, attrs)
    if (sizes === undefined) return stock(call)
    return loops.isInPlace(backend) ? multiplied(loops, call, sizes) : turned(call, stock)
  }

/** The same with a bias for each column and perhaps a floor of 0, as dense layers have it. */
export const fusedProduct =
  (loops: Loops, stock: FusedProduct): FusedProduct =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { bias } = inputs
    const sizes = sizesOf(inputs, attrs)
    const floor = floors[attrs.activation]
    if (sizes === undefined || floor === undefined || bias === undefined || !loops.isInPlace(backend))
      return stock(call)
    const { rows, columns } = sizes
    if (elements(bias.shape) !== columns) return stock(call)
    const output = multiplied(loops, call, sizes)
    loops.run(backend, { loop: 'addBias', inputs: [bias], output, sizes: [rows, columns, floor] })
    return output
  }

/** What values an activation does not go below. */
const floors: Readonly<Record<string, number>> = { linear: Number.NEGATIVE_INFINITY, relu: 0 }

export interface Sizes {
  readonly rows: number
  readonly depth: number
  readonly columns: number
  /** Dimensions before the last two, all 1. */
  readonly leading: readonly number[]
}

/** Undefined for what is not a product of two matrices of floats. */
export function sizesOf(
  { a, b }: ProductInputs,
  { transposeA, transposeB }: ProductAttributes,
): Sizes | undefined {
  const leading = (a.shape.length > b.shape.length ? a : b).shape.slice(0, -2)
  const [rows = 0, depth = 0] = lastTwo(a, transposeA)
  const [, columns = 0] = lastTwo(b, transposeB)
  const isPlain = !isBatch(a) && !isBatch(b) && a.dtype === 'float32' && b.dtype === 'float32'
  return isPlain && rows * depth * columns > 0 ? { rows, depth, columns, leading } : undefined
}

const lastTwo = ({ shape }: TensorInfo, isTransposed: boolean): readonly number[] =>
  isTransposed ? shape.slice(-2).reverse() : shape.slice(-2)

const isBatch = ({ shape }: TensorInfo): boolean => shape.slice(0, -2).some((size) => size !== 1)

function multiplied(
  loops: Loops,
  { inputs: { a, b }, backend, attrs: { transposeA, transposeB } }: Parameters<Product>[0],
  { rows, depth, columns, leading }: Sizes,
): TensorInfo {
  const right = transposeB ? transposed(b, backend) : b
  const output = backend.makeOutput([...leading, rows, columns], 'float32')
  const steps = transposeA ? { row: 4, depth: 4 * rows } : { row: 4 * depth, depth: 4 }
  loops.run(backend, {
    loop: 'product',
    inputs: [a, right],
    output,
    sizes: [rows, steps.row, depth, steps.depth, columns],
  })
  if (transposeB) backend.disposeData(right.dataId)
  return output
}

function turned({ inputs: { a, b }, backend, attrs }: Parameters<Product>[0], stock: Product): TensorInfo {
  const { transposeA, transposeB } = attrs
  const left = transposeA ? transposed(a, backend) : a
  const right = transposeB ? transposed(b, backend) : b
  const plain = { transposeA: false, transposeB: false }
  const result = stock({ inputs: { a: left, b: right }, backend, attrs: plain })
  if (transposeA) backend.disposeData(left.dataId)
  if (transposeB) backend.disposeData(right.dataId)
  return result
}

function transposed(x: TensorInfo, backend: WasmHeap): TensorInfo {
  const rank = x.shape.length
  const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis))
  const transpose = wasmKernel<{ readonly x: TensorInfo }, { readonly perm: readonly number[] }>('Transpose')
  return transpose({ inputs: { x }, backend, attrs: { perm } })
}
