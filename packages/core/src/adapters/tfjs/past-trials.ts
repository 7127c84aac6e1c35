import { modelLayout } from '../../task/models.ts'
import type { CompleteTask } from '../../task/task.ts'
import { probeWebgpu } from './backends/webgpu.ts'
import type { Trial } from './trial.ts'

/** Trials of backends, and what they hold for. */
interface PastTrials {
  readonly device: string
  readonly model: string
  readonly trials: readonly Trial[]
}

/** Bytes that `trialsIn` understands, on this device, for this model and up to so many threads alone. */
export async function trialsToKeep(
  task: CompleteTask,
  trials: readonly Trial[],
  threads = 1,
): Promise<Uint8Array> {
  const past: PastTrials = { device: await deviceName(threads), model: modelName(task), trials }
  return new TextEncoder().encode(JSON.stringify(past))
}

/** The trials in bytes that were kept; undefined for those of another device or model, and for anything else. */
export async function trialsIn(
  bytes: Uint8Array | undefined,
  task: CompleteTask,
  threads = 1,
): Promise<readonly Trial[] | undefined> {
  if (bytes === undefined) return undefined
  try {
    const past: Partial<PastTrials> = JSON.parse(new TextDecoder().decode(bytes))
    if (past.model !== modelName(task) || past.device !== (await deviceName(threads))) return undefined
    return Array.isArray(past.trials) && past.trials.every(isTrial) ? past.trials : undefined
  } catch {
    return undefined
  }
}

/** Everything that a step's time depends on. */
const modelName = (task: CompleteTask): string =>
  [modelLayout(task).fingerprint, task.training.batchSize, task.training.optimizer.kind].join(' ')

/** A browser update, another GPU or more threads may turn the order around. */
async function deviceName(threads: number): Promise<string> {
  const gpu = await probeWebgpu().then(
    ({ adapter }) => adapter,
    () => 'no GPU',
  )
  const { userAgent = '', hardwareConcurrency = 0 } = globalThis.navigator ?? {}
  return [userAgent, hardwareConcurrency, gpu, threads].join('; ')
}

function isTrial(trial: Partial<Record<string, unknown>>): boolean {
  const isNamed = ['webgpu', 'webgl', 'wasm', 'cpu'].includes(String(trial.name))
  if (!['number', 'undefined'].includes(typeof trial.threads)) return false
  if (trial.type === 'timed') return isNamed && typeof trial.stepMs === 'number'
  return isNamed && (trial.type === 'skipped' || trial.type === 'failed') && typeof trial.reason === 'string'
}
