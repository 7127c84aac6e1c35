import type { Store } from '../../ports.ts'
import { modelLayout } from '../../task/models.ts'
import type { CompleteTask } from '../../task/task.ts'
import { loadKept } from './load-kept.ts'

/** One for each model that was trained here: a few hundred bytes. */
const keyOf = (task: CompleteTask): string => `trials/${modelLayout(task).fingerprint}`

/** What trials of backends found for this model; undefined where nothing was kept or nothing can be read. */
export const loadTrials = (store: Store | undefined, task: CompleteTask): Promise<Uint8Array | undefined> =>
  loadKept(store, keyOf(task))

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
