import * as v from 'valibot'
import { exampleShape, numberTarget, outputCount } from './data.ts'
import { fromKeras } from './keras.ts'
import { ModelError } from './layer-list.ts'
import { data } from './schema-data.ts'
import type { DataSpec } from './task.ts'

const withTopology = v.looseObject({
  data,
  model: v.strictObject({ kind: v.literal('layers'), topology: v.unknown() }),
})

/**
 * The same task with the layers of its model's topology written out; what has none, or no data that make sense, stays as it
 * is. Throws ModelError for a topology that is no list of layers, or takes or gives something else than the data say.
 */
export function withLayersWritten(value: unknown): unknown {
  const given = v.safeParse(withTopology, value)
  if (!given.success) return value
  const { data, model } = given.output
  const { shape, layers, units, outputs } = fromKeras(model.topology)
  const mismatch = mismatchOf(data, { shape, units, outputs })
  if (mismatch !== undefined) throw new ModelError(mismatch)
  return { ...given.output, model: { kind: 'layers', layers } }
}

function mismatchOf(
  data: DataSpec,
  { shape, units, outputs }: Omit<ReturnType<typeof fromKeras>, 'layers'>,
): string | undefined {
  const wanted = exampleShape(data)
  if (shape.join() !== wanted.join())
    return `it takes [${shape.join(', ')}], but an example of the data is [${wanted.join(', ')}]`
  if (units !== outputCount(data))
    return `its last layer has ${units} units, but the data take ${outputCount(data)}`
  return outputs === 'softmax' && numberTarget(data) !== undefined
    ? 'it ends in softmax, but a number is to be learned'
    : undefined
}
