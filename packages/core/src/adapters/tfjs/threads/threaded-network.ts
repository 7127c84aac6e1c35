import { add, concat, slice, type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core'
import type { Layout } from '../../../ports.ts'
import type { Backend } from '../backend.ts'
import { unflatten } from '../flatten.ts'
import type { Network, TensorBatch } from '../models/network.ts'
import type { Threads } from './threads.ts'

/** A network whose gradients several threads compute, each of a shard of the batch. */
export interface ThreadedNetwork extends Network {
  /** How many threads compute, this one included, when all goes well. */
  readonly threads: number
  dispose(): void
}

/**
 * Data parallelism within one step: helpers get the parameters and their shard of the batch through shared memory, this
 * thread does the first shard meanwhile, and the gradients of the shards' summed losses add up to those of the batch.
 * Where a helper fails, this thread goes on alone, from the step that was not answered.
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

  function together(
    params: readonly Tensor[],
    batch: TensorBatch,
    helpers: Threads,
  ): ReturnType<Network['gradients']> {
    ask(params, batch)
    helpers.begin()
    const mine = network.gradients(params, shardOf(batch))
    helpers.finish()
    const columns = mine.outputs.shape[1]
    const outputs = [mine.outputs]
    let gradients = mine.gradients
    for (const answer of memory.answers) {
      outputs.push(tensor2d(answer.outputs, [answer.outputs.length / columns, columns]))
      const theirs = unflatten(backend, layout, answer.gradients)
      gradients = gradients.map((gradient, i) => add(gradient, theirs[i] ?? gradient))
    }
    return { outputs: concat(outputs) as Tensor2D, gradients }
  }

  function dispose(): void {
    threads?.dispose()
    threads = undefined
  }

  return {
    threads: shape.shards.length,
    outputs: network.outputs,
    gradients: (params, batch) => {
      if (threads !== undefined) {
        try {
          return together(params, batch, threads)
        } catch {
          dispose()
        }
      }
      return network.gradients(params, batch)
    },
    dispose,
  }
}
