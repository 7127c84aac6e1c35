import { dispose, keep, ones, type Rank, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core'
import { elements } from '../../params/layout.ts'
import { modelLayout } from '../../task/models.ts'
import { arithmeticFor } from './arithmetic/choose.ts'
import { batchStream } from './batches.ts'
import { dropoutSeeds } from './dropout-mask.ts'
import { flatten, unflatten } from './flatten.ts'
import { createLossLedger } from './loss-ledger.ts'
import { createOptimizer } from './optimizer.ts'
import type { Replica, ReplicaOptions } from './replica.ts'

/** A replica whose step is a row of tfjs operations: trains on every backend. */
export function createTfjsReplica(options: ReplicaOptions): Replica {
  const { backend, task, network, examples, seed, priors, start, mirror } = options
  const { training, data } = task
  const { batchSize } = training
  const layout = modelLayout(task)
  const classes = data.classes.length
  const width = elements(data.shape)
  const optimizer = createOptimizer(training, arithmeticFor(backend))
  const nextDropout = dropoutSeeds(seed)
  const nextBatch = batchStream(examples, classes, batchSize, seed)
  const ledger = createLossLedger(classes)
  const adjustment = training.logitAdjustment ? tensor1d(priors) : undefined
  const batchOfOnes = ones<Rank.R2>([1, batchSize])
  let params = unflatten(layout, start)
  optimizer.anchor(params)

  function step(): void {
    const batch = nextBatch()
    const { logits, next } = tidy(() => {
      const { logits, gradients, statistics } = network.gradients(params, {
        inputs: tensor2d(batch.inputs, [batchSize, width]),
        oneHot: tensor2d(batch.oneHot, [batchSize, classes]),
        ones: batchOfOnes,
        adjustment,
        seed: nextDropout(),
      })
      const { params: stepped, state } = optimizer.apply(params, gradients)
      return { logits, next: { params: stepped.map((param, i) => statistics?.[i] ?? param), state } }
    })
    ledger.add(logits, batch.labels)
    dispose(params)
    params = next.params.map(keep)
    optimizer.commit(next.state.map(keep))
  }

  async function read(): Promise<Float32Array> {
    const values = await flatten(layout, params)
    mirror.keep(values)
    return values
  }

  function write(values: Float32Array): void {
    const replaced = params
    params = unflatten(layout, values)
    optimizer.anchor(params)
    dispose(replaced)
    mirror.keep(values)
  }

  return {
    read,
    write,
    train: async (steps) => {
      const slice = mirror.slice()
      for (let done = 0; done < steps; done++) {
        if (slice.isDue(1)) {
          await read()
          backend.use()
        }
        step()
      }
      const loss = await ledger.mean()
      slice.ended(steps)
      if (slice.isDue(0)) await read()
      return loss
    },
    add: async (delta) => {
      const added = delta.slice()
      const sums = await flatten(layout, params)
      for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (added[i] ?? 0)
      backend.use()
      write(sums)
    },
    dispose: () => {
      dispose(params)
      dispose(batchOfOnes)
      if (adjustment !== undefined) adjustment.dispose()
      ledger.dispose()
      optimizer.dispose()
    },
  }
}
