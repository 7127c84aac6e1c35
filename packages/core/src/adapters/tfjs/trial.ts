import type { BackendName } from '../browser/session.ts'
import { probeWebgl } from './backends/webgl.ts'
import { probeWebgpu } from './backends/webgpu.ts'
import { asDeviceError } from './device-error.ts'
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
  | { readonly type: 'failed'; readonly name: BackendName; readonly reason: string }

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
  try {
    const trainer = await createTfjsTrainer(options)
    try {
      await trainer.train(1)
      const onceMs = await timed(() => trainer.train(1))
      const steps = Math.min(mostTimedSteps, Math.floor(timingMs / Math.max(onceMs, 0.1)))
      const stepMs = steps < 2 ? onceMs : (await timed(() => trainer.train(steps))) / steps
      const { software, threads } = trainer.device
      return { type: 'timed', name: options.backend, software, threads, stepMs }
    } finally {
      trainer.dispose()
    }
  } catch (error) {
    if (error instanceof RangeError) throw error
    return { type: 'failed', name: options.backend, reason: reasonOf(options.backend, error) }
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

/** One clause of a sentence, such as `webgpu (software adapter): 24 ms`. */
export function clauseOf(trial: Trial): string {
  switch (trial.type) {
    case 'timed': {
      const { threads = 1 } = trial
      const on = trial.software ? ' (software adapter)' : threads === 1 ? '' : ` (${threads} threads)`
      return `${trial.name}${on}: ${trial.stepMs.toPrecision(trial.stepMs < 100 ? 2 : 3)} ms a step`
    }
    case 'skipped':
      return `${trial.name} not tried: ${trial.reason}`
    case 'failed':
      return `${trial.name} does not work: ${trial.reason}`
  }
}
