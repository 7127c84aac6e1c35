import {
  dispose,
  keep,
  ones,
  type Rank,
  scalar,
  sub,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core'
import { codecs } from '../../codec/codecs.ts'
import type { EncodedModel } from '../../ports.ts'
import { byteUnit, choicesPerExample, exampleSize, outputCount } from '../../task/data.ts'
import { modelLayout } from '../../task/models.ts'
import { arithmeticFor } from './arithmetic/choose.ts'
import { type Batch, batchStream, examplesAt } from './batches.ts'
import { dropoutSeeds } from './dropout-mask.ts'
import { flatten, unflatten } from './flatten.ts'
import { summedLossOf } from './loss.ts'
import { createLossLedger } from './loss-ledger.ts'
import { createOptimizer } from './optimizer.ts'
import { createProbe } from './probe.ts'
import type { Replica, ReplicaOptions } from './replica.ts'

/** A replica whose step is a row of tfjs operations: trains on every backend. */
export function createTfjsReplica(options: ReplicaOptions): Replica {
  const { backend, task, network, examples, seed, probeRows, priors, start, mirror } = options
  const { training, data } = task
  const { batchSize } = training
  const layout = modelLayout(task)
  const width = exampleSize(data)
  const choices = batchSize * choicesPerExample(data)
  const arithmetic = arithmeticFor(backend)
  const optimizer = createOptimizer({ ...training, batchSize: choices }, arithmetic)
  const nextDropout = dropoutSeeds(seed)
  const nextBatch = batchStream(examples, data, batchSize, seed, arithmetic.fromBytes !== undefined)
  const ledger = createLossLedger(summedLossOf(data))
  const adjustment = training.logitAdjustment ? tensor1d(priors) : undefined
  const batchOfOnes = ones<Rank.R2>([1, batchSize])
  const probe = createProbe({
    backend,
    network,
    data,
    examples: examplesAt(examples, probeRows, data),
    priors,
  })
  let params = unflatten(backend, layout, start)
  optimizer.anchor(params)

  const inputsOf = ({ inputs }: Batch): Tensor2D =>
    inputs instanceof Uint8Array && arithmetic.fromBytes !== undefined
      ? arithmetic.fromBytes(inputs, [batchSize, width], byteUnit(data))
      : tensor2d(inputs, [batchSize, width], 'float32')

  function step(): void {
    const batch = nextBatch()
    const { outputs, next } = tidy(() => {
      const { outputs, gradients, statistics } = network.gradients(params, {
        inputs: inputsOf(batch),
        wanted: tensor2d(batch.wanted, [choices, outputCount(data)]),
        ones: batchOfOnes,
        adjustment,
        seed: nextDropout(),
      })
      const { params: stepped, state } = optimizer.apply(params, gradients)
      return { outputs, next: { params: stepped.map((param, i) => statistics?.[i] ?? param), state } }
    })
    ledger.add(outputs, batch.targets)
    dispose(params)
    params = next.params.map(keep)
    optimizer.commit(next.state.map(keep))
  }

  async function read(into?: Float32Array): Promise<Float32Array> {
    const values = await flatten(backend, layout, params, into)
    mirror.keep(values)
    return values
  }

  function write(values: Float32Array): void {
    replaceBy(unflatten(backend, layout, values))
    mirror.replace(values)
  }

  /** Own parameters + share x difference. */
  function movedBy(difference: Float32Array, share: number): Tensor[] {
    const deltas = unflatten(backend, layout, difference)
    const moved = tidy(() => {
      const back = scalar(-share)
      return params.map((param, i) => keep(arithmetic.descent(param, back, deltas[i] ?? param)))
    })
    dispose(deltas)
    return moved
  }

  /** Own parameters + share x (the model that arrived - own parameters). */
  function approached({ codec, bytes }: EncodedModel, share: number): Tensor[] {
    if (codec === 'int8' && arithmetic.approach !== undefined)
      return arithmetic.approach(params, bytes, share).map(keep)
    const decoded = codecs[codec].decode(bytes, layout.size)
    if (!decoded.ok) throw new RangeError(`no ${codec} model: ${decoded.reason}`)
    const theirs = unflatten(backend, layout, decoded.values)
    const moved = tidy(() => {
      const back = scalar(share)
      return params.map((param, i) => keep(arithmetic.descent(param, back, sub(param, theirs[i] ?? param))))
    })
    dispose(theirs)
    return moved
  }

  function replaceBy(moved: Tensor[]): void {
    const replaced = params
    params = moved
    optimizer.anchor(params)
    dispose(replaced)
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
    add: async (delta) => replaceBy(movedBy(delta, 1)),
    approach: async (model, share) => replaceBy(approached(model, share)),
    probe: async (values) => {
      const tensors = unflatten(backend, layout, values)
      try {
        return await probe.loss(tensors)
      } finally {
        dispose(tensors)
      }
    },
    weigh: async ({ difference, share, encoded }) => {
      const moved = encoded === undefined ? movedBy(difference, share) : approached(encoded, share)
      try {
        const before = await probe.loss(params)
        return { before, after: await probe.loss(moved) }
      } finally {
        dispose(moved)
      }
    },
    dispose: () => {
      dispose(params)
      dispose(batchOfOnes)
      probe.dispose()
      if (adjustment !== undefined) adjustment.dispose()
      ledger.dispose()
      optimizer.dispose()
    },
  }
}
