import type { Store } from '../../ports.ts'
import { modelLayout } from '../../task/models.ts'
import type { CompleteTask } from '../../task/task.ts'

/** One for each model that was trained here: a few hundred bytes. */
const keyOf = (task: CompleteTask): string => `trials/${modelLayout(task).fingerprint}`

/** What trials of backends found for this model; undefined where nothing was kept or nothing can be read. */
export async function loadTrials(
  store: Store | undefined,
  task: CompleteTask,
): Promise<Uint8Array | undefined> {
  try {
    return await store?.load(keyOf(task))
  } catch {
    return undefined
  }
}

/** Best effort: without it the next session tries again. */
export async function keepTrials(
  store: Store | undefined,
  task: CompleteTask,
  trials: Uint8Array,
): Promise<void> {
  try {
    await store?.save(keyOf(task), trials)
  } catch {
    // A full store is told of when a checkpoint does not fit.
  }
}
