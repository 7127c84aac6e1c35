import { tensor } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'

/** Of all layers, in their order; of a layer that stands in several places once for each. */
export type LayerVariables = LayersModel['layers'][number]['weights']

export const variablesOf = ({ layers }: LayersModel): LayerVariables =>
  layers.flatMap(({ weights }) => weights)

/** A copy of all values, one variable after another. */
export async function valuesOf(variables: LayerVariables): Promise<Float32Array> {
  const parts = await Promise.all(variables.map((variable) => variable.read().data<'float32'>()))
  const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    values.set(part, offset)
    offset += part.length
  }
  return values
}

/** Puts values, one variable after another, into the variables; they are copied. */
export function putValues(variables: LayerVariables, values: Float32Array): void {
  let offset = 0
  for (const variable of variables) {
    const { size, shape } = variable.read()
    const next = tensor(values.slice(offset, offset + size), shape)
    offset += size
    variable.write(next)
    next.dispose()
  }
}
