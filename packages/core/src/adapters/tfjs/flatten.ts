import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { elements } from '../../params/layout.ts'
import type { Layout } from '../../ports.ts'

/** New tensors of a layout from its flat parameters, which are only read; the caller disposes them. */
export function unflatten(layout: Layout, params: Float32Array): Tensor[] {
  let offset = 0
  return layout.tensors.map(({ shape }) => {
    const start = offset
    offset += elements(shape)
    // A copy: tfjs may keep what it is given until the first operation uploads it.
    return tensor(params.slice(start, offset), [...shape], 'float32')
  })
}

/** Reads tensors back into one new array in layout order; all transfers are under way at once. */
export async function flatten(layout: Layout, tensors: readonly Tensor[]): Promise<Float32Array> {
  const parts = await Promise.all(tensors.map((part) => part.data<'float32'>()))
  const params = new Float32Array(layout.size)
  let offset = 0
  for (const part of parts) {
    params.set(part, offset)
    offset += part.length
  }
  return params
}
