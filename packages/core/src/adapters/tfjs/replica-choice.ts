import { createCompiledReplica } from './compiled/compiled-replica.ts'
import { DeviceError } from './device-error.ts'
import type { Replica, ReplicaOptions } from './replica.ts'
import { createTfjsReplica } from './tfjs-replica.ts'

export interface ReplicaChoice {
  readonly replica: Replica
  /** Why it is not the fastest kind, as a sentence; undefined where it is. */
  readonly note: string | undefined
}

/**
 * The compiled step where there is a GPU that takes it, otherwise a step of tfjs operations. Rejects with DeviceError
 * where the model does not fit on the device either way.
 */
export async function replicaFor(options: ReplicaOptions): Promise<ReplicaChoice> {
  const { gpu } = options.backend
  if (gpu === undefined) return { replica: createTfjsReplica(options), note: undefined }
  try {
    return { replica: await createCompiledReplica(gpu, options), note: undefined }
  } catch (error) {
    if (error instanceof DeviceError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    options.backend.use()
    return { replica: createTfjsReplica(options), note: `The step is not compiled: ${reason}` }
  }
}
