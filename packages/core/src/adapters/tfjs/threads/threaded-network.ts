import { add, concat, slice, type Tensor, tensor2d } from '@tensorflow/tfjs-core'
import type { Layout } from '../../../ports.ts'
import type { Backend } from '../backend.ts'
import { unflatten } from '../flatten.ts'
import type { Gradients, Network, TensorBatch } from '../models/network.ts'
import type { Threads } from './threads.ts'

/** A network whose gradients one thread computes, or several. */
export interface ThreadedNetwork extends Network {
  /** How many compute at the moment. */
  readonly threads: number
  dispose(): void
}

/** On this thread alone. */
export const unthreaded = (network: Network): ThreadedNetwork => ({
  ...network,
  threads: 1,
  dispose: () => undefined,
})

/**
 * Data parallelism within one step: helpers get the parameters and their shard of the batch through shared memory, this
 * thread does the first shard meanwhile, and the gradients of the shards' summed losses add up to those of the batch.
 * Where a helper fails, this thread goes on alone, from the step that was not answered. Dropout draws other masks than
 * on one thread.
 */
export function threadedNetwork(
  backend: Pick<Backend, 'view'>,
  layout: Layout,
  network: Network,
  started: Threads,
): ThreadedNetwork {
  const { shape, memory } = started
  const own = shape.shards[0]?.count ?? 0
  let threads: Threads | undefined = started

  const view = (tensor: Tensor): Float32Array => {
    if (backend.view === undefined) throw new Error('this backend does not show its memory')
    return backend.view(tensor)
  }

  function ask(params: readonly Tensor[], { inputs, wanted, seed = 0 }: TensorBatch): void {
    let offset = 0
    for (const param of params) {
      memory.parameters.set(view(param), offset)
      offset += param.size
    }
    memory.inputs.set(view(inputs))
    memory.wanted.set(view(wanted))
    memory.seed[0] = seed
  }

  /** The rows of this thread. */
  function shardOf({ inputs, wanted, ones, ...rest }: TensorBatch): TensorBatch {
    const choices = wanted.shape[0] / inputs.shape[0]
    return {
      ...rest,
      inputs: slice(inputs, 0, own),
      wanted: slice(wanted, 0, own * choices),
      ones: slice(ones, [0, 0], [1, own]),
    }
  }

  /** This thread's shard while the helpers do theirs; undefined where one does not answer. */
  function mine(params: readonly Tensor[], batch: TensorBatch, helpers: Threads): Gradients | undefined {
    ask(params, batch)
    helpers.begin()
    let isAnswered = false
    let gradients: Gradients
    try {
      gradients = network.gradients(params, shardOf(batch))
    } finally {
      // Whatever happens here: nobody may write what helpers still read.
      isAnswered = helpers.finish()
    }
    return isAnswered ? gradients : undefined
  }

  function withTheirs({ outputs, gradients }: Gradients): Gradients {
    const columns = outputs.shape[1]
    const rows = memory.answers.map((answer) =>
      tensor2d(answer.outputs, [answer.outputs.length / columns, columns]),
    )
    const sums = memory.answers.reduce((sums, answer) => {
      const theirs = unflatten(backend, layout, answer.gradients)
      return sums.map((sum, i) => add(sum, theirs[i] ?? sum))
    }, gradients)
    return { outputs: concat([outputs, ...rows]), gradients: sums }
  }

  function dispose(): void {
    threads?.dispose()
    threads = undefined
  }

  return {
    get threads() {
      return threads === undefined ? 1 : shape.shards.length
    },
    outputs: network.outputs,
    gradients: (params, batch) => {
      if (threads !== undefined) {
        const gradients = mine(params, batch, threads)
        if (gradients !== undefined) return withTheirs(gradients)
        dispose()
      }
      return network.gradients(params, batch)
    },
    dispose,
  }
}
