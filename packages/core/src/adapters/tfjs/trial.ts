import type { BackendName } from '../browser/session.ts'
import { probeWebgl } from './backends/webgl.ts'
import { probeWebgpu } from './backends/webgpu.ts'
import { asDeviceError } from './device-error.ts'
import { usefulThreads } from './threads/threads.ts'
import { createTfjsTrainer, type TfjsTrainerOptions } from './trainer.ts'

/** What became of a backend in the choice. */
export type Trial =
  | {
      readonly type: 'timed'
      readonly name: BackendName
      readonly software: boolean
      /** 1 where left out. */
      readonly threads?: number
      readonly stepMs: number
    }
  | { readonly type: 'skipped'; readonly name: BackendName; readonly reason: string }
  | {
      readonly type: 'failed'
      readonly name: BackendName
      readonly threads?: number
      readonly reason: string
    }

const timingMs = 100
const mostTimedSteps = 20

/** Whether a GPU interface is emulated on the CPU, as far as can be told without starting it. */
export async function isEmulated(name: BackendName): Promise<boolean> {
  if (name === 'webgpu') return (await probeWebgpu()).software
  if (name === 'webgl') return (await probeWebgl()).software
  return false
}

/** Trains a few real steps on a trainer that is thrown away: the first compiles, the second tells how many to time. */
export async function timeBackend(options: TfjsTrainerOptions): Promise<Trial> {
  const { backend: name, threads: help, task } = options
  const wanted = help === undefined ? { name } : { name, threads: usefulThreads(task, help.count) }
  try {
    const trainer = await createTfjsTrainer(options)
    try {
      await trainer.train(1)
      const onceMs = await timed(() => trainer.train(1))
      const steps = Math.min(mostTimedSteps, Math.floor(timingMs / Math.max(onceMs, 0.1)))
      const stepMs = steps < 2 ? onceMs : (await timed(() => trainer.train(steps))) / steps
      const { note, device } = trainer
      const { threads = 1 } = wanted
      // Then it is the time of one thread, which was measured before.
      if (threads > 1 && device.threads < 2)
        return { type: 'failed', ...wanted, reason: note ?? 'a thread was lost' }
      return { type: 'timed', ...wanted, software: device.software, stepMs }
    } finally {
      trainer.dispose()
    }
  } catch (error) {
    if (error instanceof RangeError) throw error
    return { type: 'failed', ...wanted, reason: reasonOf(name, error) }
  }
}

/** The error's message without the backend's name before it. */
export function reasonOf(name: BackendName, error: unknown): string {
  const { message } = asDeviceError(name, error)
  return message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await run()
  return performance.now() - startMs
}

/** One clause of a sentence, such as `webgpu (software adapter): 24 ms a step` or `wasm (2 threads): 5 ms a step`. */
export function clauseOf(trial: Trial): string {
  switch (trial.type) {
    case 'timed': {
      const { stepMs, software } = trial
      const name = software ? `${trial.name} (software adapter)` : named(trial)
      return `${name}: ${stepMs.toPrecision(stepMs < 100 ? 2 : 3)} ms a step`
    }
    case 'skipped':
      return `${trial.name} not tried: ${trial.reason}`
    case 'failed':
      return `${named(trial)} does not work: ${trial.reason}`
  }
}

const named = ({ name, threads = 1 }: { readonly name: BackendName; readonly threads?: number }): string =>
  threads === 1 ? name : `${name} (${threads} threads)`
