import { memory } from '@tensorflow/tfjs-core'
import { codecs } from '../../codec/codecs.ts'
import type { Examples } from '../../ports.ts'
import { mnist } from '../../task/presets.ts'
import { completeTask } from '../../task/schema.ts'
import type { BackendName } from '../browser/session.ts'
import { createTfjsTrainer } from './trainer.ts'

/** What a tab holds at one moment. */
export interface Held {
  readonly tensors: number
  /** Of the backend. */
  readonly tensorBytes: number
  readonly gpuBuffers: number
  readonly heapBytes: number
}

const task = completeTask({
  ...mnist,
  model: { kind: 'mlp', hidden: [32] },
  training: { optimizer: { kind: 'adam', learningRate: 0.001 }, batchSize: 8 },
})

const examples: Examples = {
  inputs: Uint8Array.from({ length: 40 * 784 }, (_, i) => (i * 7919) % 251),
  labels: Uint8Array.from({ length: 40 }, (_, i) => i % 10),
  shape: [28, 28, 1],
}

/** Bytes of one copy of the parameters, of which not even one may stay behind in twenty merges. */
export const modelBytes: number = 4 * (784 * 32 + 32 + 32 * 10 + 10)

/**
 * Trains and merges in every way that a node does, after as much of it as brings everything to its place: what was
 * held before and after 1,000 steps and 200 merges.
 */
export async function heldAround(
  backend: BackendName,
  other: () => Promise<Pick<Held, 'gpuBuffers' | 'heapBytes'>>,
): Promise<{ readonly before: Held; readonly after: Held }> {
  const trainer = await createTfjsTrainer({ task, examples, backend, seed: 1 })
  const { size } = trainer.layout

  async function merge(number: number): Promise<void> {
    await trainer.train(5)
    const own = await trainer.read()
    const codec = number % 2 === 0 ? 'int8' : 'float16'
    const bytes = codecs[codec].encode(own.map((value) => 0.999 * value))
    const decoded = codecs[codec].decode(bytes, size)
    if (!decoded.ok) throw new Error(decoded.reason)
    const difference = decoded.values.map((value, i) => value - (own[i] ?? 0))
    await trainer.weigh({
      difference,
      share: 0.5,
      ...(number % 3 === 0 ? {} : { encoded: { codec, bytes } }),
    })
    if (number % 4 === 0) await trainer.write(own)
    await trainer.add(
      difference.map((value) => 0.5 * value),
      number % 5 === 0 ? undefined : 0.5,
    )
    await trainer.approach({ codec, bytes }, 0.1)
    if (number % 10 === 0) {
      await trainer.probe(own)
      await trainer.evaluate(examples, own)
      await trainer.predict(examples.inputs)
    }
  }

  const held = async (): Promise<Held> => {
    const { numTensors, numBytes } = memory()
    return { tensors: numTensors, tensorBytes: numBytes, ...(await other()) }
  }

  for (let number = 0; number < 20; number++) await merge(number)
  const before = await held()
  for (let number = 0; number < 200; number++) await merge(number)
  const after = await held()
  trainer.dispose()
  return { before, after }
}
