import { codecs } from '@gossamer/core'
import { createTfjsTrainer, type TfjsTrainer } from '@gossamer/core/tfjs'
import { backend } from '@tensorflow/tfjs-core'
import type { Merging, Overlap } from './measured.ts'
import { examples, taskOf } from './tasks.ts'

const stepsOf: Readonly<Record<Merging, number>> = { off: 10, 'every-10': 10, 'off-1': 1, 'every-1': 1 }

const codec = 'int8'
const share = 0.5

/** A trainer with and without merges: without peers, network or guard. */
export function mergingBench(): Pick<Overlap, 'prepare' | 'run' | 'pauses' | 'dispose'> {
  let trainer: TfjsTrainer | undefined
  let theirs = new Uint8Array()
  let space = new Float32Array()

  const current = (): TfjsTrainer => {
    if (trainer === undefined) throw new Error('nothing is prepared')
    return trainer
  }

  async function slice(steps: number, merges: boolean): Promise<void> {
    // The snapshot, which goes out to a neighbour, is on its way while training goes on.
    const reading = merges ? current().read(space) : undefined
    const { loss } = await current().train(steps)
    if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`)
    await reading
    if (merges) await current().approach({ codec, bytes: theirs }, share)
  }

  /** `approach` answers when the merge is on its way to the device. */
  const deviceIsDone = async (): Promise<void> =>
    (backend() as { readonly device?: GPUDevice }).device?.queue.onSubmittedWorkDone()

  /** A merge beside a step: what of it the thread that trains did not spend on training. */
  async function pause(): Promise<number> {
    const startMs = performance.now()
    const reading = current().read(space)
    const askedMs = performance.now()
    await current().train(1)
    const trainedMs = performance.now()
    await reading
    await current().approach({ codec, bytes: theirs }, share)
    await deviceIsDone()
    return askedMs - startMs + (performance.now() - trainedMs)
  }

  return {
    prepare: async (model, backend) => {
      trainer = await createTfjsTrainer({ task: taskOf(model), examples, backend, seed: 1 })
      await trainer.train(4)
      const own = await trainer.read()
      space = new Float32Array(own.length)
      theirs = codecs[codec].encode(own.map((value) => 0.999 * value))
      await trainer.approach({ codec, bytes: theirs }, share)
      return `${trainer.device.adapter}${trainer.note === undefined ? '' : `, ${trainer.note}`}`
    },
    run: async (merging, steps) => {
      const every = stepsOf[merging]
      const startMs = performance.now()
      for (let done = 0; done < steps; done += every) await slice(every, merging.startsWith('every'))
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
