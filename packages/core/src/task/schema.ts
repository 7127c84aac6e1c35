import * as v from 'valibot'
import { numberTarget } from './data.ts'
import { ModelError, modelLayout } from './models.ts'
import { data } from './schema-data.ts'
import { gossip } from './schema-gossip.ts'
import { withLayersWritten } from './schema-keras.ts'
import { model } from './schema-model.ts'
import { training } from './schema-training.ts'
import type { CompleteTask, DataSpec, Task } from './task.ts'

const fields = v.strictObject({
  version: v.literal(1),
  name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'use 1 to 64 of a-z, 0-9 and -')),
  data,
  model,
  training,
  gossip: v.optional(gossip, {}),
  seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)),
})

const schema = v.pipe(
  fields,
  v.transform(({ training, ...rest }) => ({
    ...rest,
    training: { ...training, logitAdjustment: adjustsLogits(rest.data, training.logitAdjustment) },
  })),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { value } = dataset
    const message = misfitOf(value)
    if (message === undefined) return
    const { model } = value
    addIssue({
      message,
      path: [{ type: 'object', origin: 'value', input: { ...value }, key: 'model', value: model }],
    })
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { value } = dataset
    const mistake = mistakeIn(value)
    if (mistake === undefined) return
    const at = { type: 'object', origin: 'value' } as const
    const { gossip } = value
    addIssue({
      message: mistake,
      path: [
        { ...at, input: value, key: 'gossip', value: gossip },
        { ...at, input: { ...gossip }, key: 'stays', value: gossip.stays },
      ],
    })
  }),
)

/** How often a token comes is to be learned, and numbers have no classes. */
const adjustsLogits = (data: DataSpec, wanted: boolean | undefined): boolean =>
  numberTarget(data) === undefined && (wanted ?? data.kind !== 'text')

/** Why a model cannot learn such data at all. */
function misfitOf({ data, model }: Pick<CompleteTask, 'data' | 'model'>): string | undefined {
  if (data.kind === 'text' && model.kind !== 'transformer')
    return `data of kind 'text' takes a model of kind 'transformer', not '${model.kind}'`
  if (data.kind === 'table' && model.kind === 'cnn')
    return "data of kind 'table' takes a model of kind 'mlp' or 'layers', not 'cnn'"
  if (model.kind !== 'transformer') return undefined
  if (data.kind !== 'text')
    return `a model of kind 'transformer' takes data of kind 'text', not '${data.kind}'`
  const { width, heads } = model
  if (width % (4 * heads) !== 0)
    return `width is ${width}, but with ${heads} heads it is a multiple of ${4 * heads}`
  return width / heads > 128
    ? `width is ${width}, but a head takes at most 128, so ${heads} take ${128 * heads}`
    : undefined
}

/** What is wrong with the tensors that stay home. */
function mistakeIn({ gossip: { stays }, ...task }: Omit<CompleteTask, 'training'>): string | undefined {
  if (stays.length === 0) return undefined
  const names = tensorsOf(task)
  // Of an impossible model nothing can be said here; whoever builds it says what is wrong.
  if (names === undefined) return undefined
  const unknown = stays.find((name) => !names.includes(name))
  if (unknown !== undefined) return `"${unknown}" is no tensor of this model, only ${names.join(', ')}`
  return names.every((name) => stays.includes(name)) ? 'at least one tensor must travel' : undefined
}

function tensorsOf(task: Parameters<typeof modelLayout>[0]): readonly string[] | undefined {
  try {
    return modelLayout(task).tensors.map(({ name }) => name)
  } catch (error) {
    if (error instanceof ModelError) return undefined
    throw error
  }
}

export type TaskResult =
  | { readonly ok: true; readonly task: CompleteTask }
  | { readonly ok: false; readonly reason: string }

/** Checks a task from anywhere and fills in its defaults; the reason names the field and what is wrong with it. */
export function parseTask(value: unknown): TaskResult {
  try {
    return parsed(withLayersWritten(value))
  } catch (error) {
    if (error instanceof ModelError) return { ok: false, reason: `model.topology: ${error.message}` }
    throw error
  }
}

function parsed(value: unknown): TaskResult {
  const result = v.safeParse(schema, value)
  if (result.success) return { ok: true, task: result.output }
  const [issue] = result.issues
  const path = v.getDotPath(issue)
  return { ok: false, reason: path === null ? issue.message : `${path}: ${issue.message}` }
}

/** The task with every default filled in. Throws TypeError, naming the field, for a task that is not valid. */
export function completeTask(task: Task): CompleteTask {
  const result = parseTask(task)
  if (!result.ok) throw new TypeError(`task.${result.reason}`)
  return result.task
}
