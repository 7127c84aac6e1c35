import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import { elements } from '../../../params/layout.ts'
import type { Loops } from './loops.ts'
import type { WasmKernel } from './wasm-heap.ts'

export interface SumInputs {
  readonly x: TensorInfo
}

export interface SumAttributes {
  /** Left out: all axes. */
  readonly axis: number | number[]
  readonly keepDims: boolean
}

type Sum = WasmKernel<SumInputs, SumAttributes>

/**
 * Sum over the first axes of floats, which is every gradient of a bias: stock transposes the tensor first, which
 * takes longer than all the sums. Other sums stay with stock.
 */
export const sumOverRows =
  (loops: Loops, stock: Sum): Sum =>
  (call) => {
    const { inputs, backend, attrs } = call
    const { shape, dtype } = inputs.x
    const axes = util.parseAxisParam(attrs.axis, [...shape])
    const leading =
      axes.length > 0 && axes.every((axis) => axis < axes.length) && new Set(axes).size === axes.length
    const rows = elements(shape.slice(0, axes.length))
    const columns = elements(shape.slice(axes.length))
    const isWorthIt = leading && axes.length < shape.length && dtype === 'float32' && rows > 0 && columns > 0
    if (!isWorthIt || !loops.isFast()) return stock(call)
    const kept = shape.slice(axes.length)
    const output = backend.makeOutput(attrs.keepDims ? [...axes.map(() => 1), ...kept] : kept, 'float32')
    loops.run(backend, { loop: 'rowSums', inputs: [inputs.x], output, sizes: [rows, columns] })
    return output
  }
