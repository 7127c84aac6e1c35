import { codecs } from '@gossamer/core'
import { createTfjsTrainer, type TfjsTrainer } from '@gossamer/core/tfjs'
import type { Merging, Overlap } from './measured.ts'
import { examples, taskOf } from './tasks.ts'

const stepsOf: Readonly<Record<Merging, number>> = { off: 10, 'every-10': 10, 'every-1': 1 }

/** A trainer with and without merges: without peers, network or guard. */
export function mergingBench(): Pick<Overlap, 'prepare' | 'run' | 'pauses' | 'dispose'> {
  let trainer: TfjsTrainer | undefined
  let theirs = new Uint8Array()
  let space = new Float32Array()

  const current = (): TfjsTrainer => {
    if (trainer === undefined) throw new Error('nothing is prepared')
    return trainer
  }

  /** Half the way from a snapshot to what arrived. */
  async function displacement(snapshot: PromiseLike<Float32Array>): Promise<Float32Array> {
    const own = await snapshot
    const decoded = codecs.int8.decode(theirs, own.length)
    if (!decoded.ok) throw new Error(decoded.reason)
    const { values } = decoded
    for (let i = 0; i < values.length; i++) values[i] = 0.5 * ((values[i] ?? 0) - (own[i] ?? 0))
    return values
  }

  async function slice(steps: number, merges: boolean): Promise<Float32Array | undefined> {
    // The snapshot is on its way while training goes on.
    const moving = merges ? displacement(current().read(space)) : undefined
    const { loss } = await current().train(steps)
    if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`)
    return moving
  }

  return {
    prepare: async (model, backend) => {
      trainer = await createTfjsTrainer({ task: taskOf(model), examples, backend, seed: 1 })
      await trainer.train(4)
      const own = await trainer.read()
      space = new Float32Array(own.length)
      theirs = codecs.int8.encode(own.map((value) => 0.999 * value))
      await trainer.add(own.map(() => 0))
      return `${trainer.device.adapter}${trainer.note === undefined ? '' : `, ${trainer.note}`}`
    },
    run: async (merging, steps) => {
      const every = stepsOf[merging]
      const startMs = performance.now()
      for (let done = 0; done < steps; done += every) {
        const moved = await slice(every, merging !== 'off')
        if (moved !== undefined) await current().add(moved)
      }
      return (1_000 * steps) / (performance.now() - startMs)
    },
    pauses: async (merges) => {
      const pauses: number[] = []
      for (let i = 0; i < merges; i++) {
        const moving = displacement(current().read(space))
        await current().train(1)
        const startMs = performance.now()
        await current().add(await moving)
        pauses.push(performance.now() - startMs)
      }
      return pauses
    },
    dispose: () => current().dispose(),
  }
}
