import type { CompleteTask } from '../../../task/task.ts'
import { type Plan, planStep } from './plan.ts'
import { planTransformer } from './plan-transformer.ts'
import type { Tuning } from './tuning.ts'

/** The step of a task, whatever its model, on examples that lie on the device in `format`. Throws as `planStep` does. */
export function planFor(task: CompleteTask, format: 'bytes' | 'floats', tuning: Tuning): Plan {
  const { data, model, training } = task
  return data.kind === 'text' && model.kind === 'transformer'
    ? planTransformer({ data, model, training }, format, tuning)
    : planStep(task, format, tuning)
}
