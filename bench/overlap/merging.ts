import { codecs } from '@gossamer/core'
import { createTfjsTrainer, type TfjsTrainer } from '@gossamer/core/tfjs'
import type { Merging, Overlap } from './measured.ts'
import { examples, taskOf } from './tasks.ts'

const stepsOf: Readonly<Record<Merging, number>> = { off: 10, 'every-10': 10, 'off-1': 1, 'every-1': 1 }

/** A trainer with and without merges: without peers, network or guard. */
export function mergingBench(): Pick<Overlap, 'prepare' | 'run' | 'pauses' | 'dispose'> {
  let trainer: TfjsTrainer | undefined
  let theirs = new Uint8Array()
  let space = new Float32Array()
  let arrived = new Float32Array()

  const current = (): TfjsTrainer => {
    if (trainer === undefined) throw new Error('nothing is prepared')
    return trainer
  }

  /** Half the way from own parameters to what arrived. */
  function displacement(own: Float32Array): Float32Array {
    const decoded = codecs.int8.decode(theirs, own.length, arrived)
    if (!decoded.ok) throw new Error(decoded.reason)
    const { values } = decoded
    for (let i = 0; i < values.length; i++) values[i] = 0.5 * ((values[i] ?? 0) - (own[i] ?? 0))
    return values
  }

  async function slice(steps: number, merges: boolean): Promise<Float32Array | undefined> {
    // The snapshot is on its way while training goes on.
    const moving = merges ? current().read(space).then(displacement) : undefined
    const { loss } = await current().train(steps)
    if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`)
    return moving
  }

  /** A merge beside a step: what of it the thread that trains did not spend on training. */
  async function pause(): Promise<number> {
    const startMs = performance.now()
    const reading = current().read(space)
    const askedMs = performance.now()
    let [arrivedMs, movedMs] = [0, 0]
    const moving = reading.then((own) => {
      arrivedMs = performance.now()
      const moved = displacement(own)
      movedMs = performance.now()
      return moved
    })
    await current().train(1)
    const trainedMs = performance.now()
    const moved = await moving
    const addedMs = performance.now()
    await current().add(moved)
    const waitedMs = Math.max(0, arrivedMs - trainedMs)
    return askedMs - startMs + waitedMs + (movedMs - arrivedMs) + (performance.now() - addedMs)
  }

  return {
    prepare: async (model, backend) => {
      trainer = await createTfjsTrainer({ task: taskOf(model), examples, backend, seed: 1 })
      await trainer.train(4)
      const own = await trainer.read()
      space = new Float32Array(own.length)
      arrived = new Float32Array(own.length)
      theirs = codecs.int8.encode(own.map((value) => 0.999 * value))
      await trainer.add(own.map(() => 0))
      return `${trainer.device.adapter}${trainer.note === undefined ? '' : `, ${trainer.note}`}`
    },
    run: async (merging, steps) => {
      const every = stepsOf[merging]
      const startMs = performance.now()
      for (let done = 0; done < steps; done += every) {
        const moved = await slice(every, merging.startsWith('every'))
        if (moved !== undefined) await current().add(moved)
      }
      return (1_000 * steps) / (performance.now() - startMs)
    },
    pauses: async (merges) => {
      const pauses: number[] = []
      for (let i = 0; i < merges; i++) pauses.push(await pause())
      return pauses
    },
    dispose: () => current().dispose(),
  }
}
