import type { TensorInfo } from '@tensorflow/tfjs-core'
import { blocksOf, int8Blocks } from '../../../codec/blocks.ts'
import { codecs } from '../../../codec/codecs.ts'
import { elements } from '../../../params/layout.ts'
import type { Loops } from './loops.ts'
import { bytesOnHeap, type WasmHeap, type WasmKernel } from './wasm-heap.ts'

/** Name of a kernel that tfjs does not know. */
export const approachName = 'Approach'

export interface Approach {
  /** A model as codec int8 writes it; its scales were checked. */
  readonly bytes: Uint8Array
  /** Part of the way to it. */
  readonly share: number
}

/**
 * x + share (y - x) for parameters x in their order, by their numbers, and what the bytes stand for: one pass from codes to
 * parameters, each step rounded to float32.
 */
export const approach =
  (loops: Loops): WasmKernel<Readonly<Record<string, TensorInfo>>, Approach, readonly TensorInfo[]> =>
  ({ inputs, attrs, backend }) => {
    const params = Object.values(inputs)
    const outputs = params.map(({ shape }) => backend.makeOutput(shape, 'float32'))
    if (loops.isInPlace(backend)) inPlace(loops, backend, params, outputs, attrs)
    else plainly(backend, params, outputs, attrs)
    return outputs
  }

function inPlace(
  loops: Loops,
  backend: WasmHeap,
  params: readonly TensorInfo[],
  outputs: readonly TensorInfo[],
  { bytes, share }: Approach,
): void {
  const model = bytesOnHeap(backend, bytes)
  const blocks = blocksOf(sizeOf(params), int8Blocks.length)
  let first = 0
  for (const [i, output] of outputs.entries()) {
    const x = params[i] ?? output
    const count = elements(x.shape)
    loops.run(backend, { loop: 'approach', inputs: [x, model], output, sizes: [count, first, blocks, share] })
    first += count
  }
  backend.disposeData(model.dataId)
}

function plainly(
  backend: WasmHeap,
  params: readonly TensorInfo[],
  outputs: readonly TensorInfo[],
  { bytes, share }: Approach,
): void {
  const decoded = codecs.int8.decode(bytes, sizeOf(params))
  if (!decoded.ok) throw new RangeError(`no int8 model: ${decoded.reason}`)
  let first = 0
  for (const [i, output] of outputs.entries()) {
    const from = backend.typedArrayFromHeap(params[i] ?? output)
    const to = backend.typedArrayFromHeap(output)
    for (let j = 0; j < to.length; j++) {
      const x = from[j] ?? 0
      to[j] = x + Math.fround(share * Math.fround((decoded.values[first + j] ?? 0) - x))
    }
    first += to.length
  }
}

const sizeOf = (tensors: readonly TensorInfo[]): number =>
  tensors.reduce((size, { shape }) => size + elements(shape), 0)
