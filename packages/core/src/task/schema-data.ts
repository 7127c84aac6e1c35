import * as v from 'valibot'
import type { DataSpec } from './task.ts'

const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))

const alphabet = v.pipe(
  v.string(),
  v.check((text) => {
    const characters = [...text]
    return (
      characters.length >= 2 && characters.length <= 256 && new Set(characters).size === characters.length
    )
  }, "use 'bytes', or 2 to 256 characters that are all different"),
)

/** What a task may say of its data. */
export const data: v.GenericSchema<DataSpec> = v.variant('kind', [
  v.strictObject({
    kind: v.literal('image'),
    shape: v.strictTuple([whole(1, 512), whole(1, 512), whole(1, 4)]),
    classes: v.pipe(
      v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
      v.minLength(2),
      v.maxLength(256),
    ),
  }),
  v.strictObject({ kind: v.literal('text'), context: whole(2, 1024), vocabulary: alphabet }),
])
