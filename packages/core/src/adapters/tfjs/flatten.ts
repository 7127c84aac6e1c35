import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { elements } from '../../params/layout.ts'
import type { Layout } from '../../ports.ts'
import type { Backend } from './backend.ts'

/** New tensors of a layout from its flat parameters, which are only read; the caller disposes them. */
export function unflatten({ view }: Pick<Backend, 'view'>, layout: Layout, params: Float32Array): Tensor[] {
  let offset = 0
  return layout.tensors.map(({ shape }) => {
    const start = offset
    offset += elements(shape)
    // tfjs may keep what it is given until the first operation uploads it, but on a heap of its own it copies at once.
    const values = view === undefined ? params.slice(start, offset) : params.subarray(start, offset)
    return tensor(values, [...shape], 'float32')
  })
}

/** Reads tensors back into one array in layout order, a new one unless given; all transfers are under way at once. */
export async function flatten(
  { view }: Pick<Backend, 'view'>,
  layout: Layout,
  tensors: readonly Tensor[],
  into: Float32Array = new Float32Array(layout.size),
): Promise<Float32Array> {
  const parts =
    view === undefined
      ? await Promise.all(tensors.map((part) => part.data<'float32'>()))
      : tensors.map((part) => view(part))
  let offset = 0
  for (const part of parts) {
    into.set(part, offset)
    offset += part.length
  }
  return into
}
