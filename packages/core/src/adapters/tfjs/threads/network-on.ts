import { choicesPerExample, exampleSize, outputCount } from '../../../task/data.ts'
import { modelLayout } from '../../../task/models.ts'
import type { CompleteTask } from '../../../task/task.ts'
import { arithmeticFor } from '../arithmetic/choose.ts'
import type { Backend } from '../backend.ts'
import type { BackendOptions } from '../backends/device.ts'
import { networkFor } from '../models/choose.ts'
import { shardsOf } from './shared-step.ts'
import { type ThreadedNetwork, threadedNetwork, unthreaded } from './threaded-network.ts'
import { startThreads, type ThreadOptions, usefulThreads } from './threads.ts'

interface NetworkOptions extends BackendOptions {
  readonly task: CompleteTask
  readonly threads?: ThreadOptions
}

/**
 * The task's network, on as many threads as are wanted and as it can use; or on one, and why.
 *
 * @param priors added to the outputs where the task adjusts them
 */
export async function networkOn(
  backend: Backend,
  { task, threads, wasmPaths }: NetworkOptions,
  priors: Float32Array,
): Promise<{ readonly network: ThreadedNetwork; readonly problem?: string }> {
  const network = networkFor(task, arithmeticFor(backend))
  const count = usefulThreads(task, threads?.count)
  if (threads === undefined || count < 2 || backend.name !== 'wasm') return { network: unthreaded(network) }
  const { batchSize, logitAdjustment } = task.training
  const layout = modelLayout(task)
  const shape = {
    shards: shardsOf(batchSize, count),
    parameters: layout.size,
    inputs: exampleSize(task.data),
    outputs: choicesPerExample(task.data) * outputCount(task.data),
  }
  const adjustment = logitAdjustment ? priors : undefined
  try {
    const helpers = await startThreads(threads.start, shape, { task, adjustment, wasmPaths })
    return { network: threadedNetwork(backend, layout, network, helpers) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { network: unthreaded(network), problem: `One thread trains alone: ${reason}.` }
  } finally {
    backend.use()
  }
}
