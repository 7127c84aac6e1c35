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

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const classes = v.pipe(v.array(name), v.minLength(2), v.maxLength(256))

const columns = v.pipe(
  v.array(name),
  v.minLength(1),
  v.maxLength(4096),
  v.check((names) => new Set(names).size === names.length, 'give every column a name of its own'),
)

const number = v.strictObject({
  kind: v.literal('number'),
  name,
  mean: v.pipe(v.number(), v.finite()),
  deviation: v.pipe(v.number(), v.finite(), v.gtValue(0)),
})

const image = v.strictObject({
  kind: v.literal('image'),
  shape: v.strictTuple([whole(1, 512), whole(1, 512), whole(1, 4)]),
  classes: v.exactOptional(classes),
  target: v.exactOptional(number),
})

/** What a task may say of its data. */
export const data: v.GenericSchema<DataSpec> = v.variant('kind', [
  v.pipe(
    image,
    v.check(
      ({ classes, target }) => (classes === undefined) !== (target === undefined),
      'images have either classes or a target',
    ),
  ),
  v.strictObject({
    kind: v.literal('table'),
    columns,
    target: v.variant('kind', [v.strictObject({ kind: v.literal('class'), classes }), number]),
  }),
  v.strictObject({ kind: v.literal('text'), context: whole(2, 1024), vocabulary: alphabet }),
])
