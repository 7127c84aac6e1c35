import type { Problem } from '../../node/snapshot.ts'
import type { BackendName } from '../browser/session.ts'
import { DeviceError } from './device-error.ts'
import { trialsIn, trialsToKeep } from './past-trials.ts'
import { type ChosenTrainer, createResilientTrainer, type Placed, type Places } from './resilient-trainer.ts'
import { hopelessLoss } from './runaway.ts'
import { type ThreadOptions, usefulThreads } from './threads/threads.ts'
import { createTfjsTrainer, type TfjsTrainerOptions } from './trainer.ts'
import { clauseOf, isEmulated, reasonOf, type Trial, timeBackend } from './trial.ts'

export type { ChosenTrainer } from './resilient-trainer.ts'

export interface ChooseOptions extends Omit<TfjsTrainerOptions, 'backend'> {
  readonly wanted: BackendName | 'auto'
  /** Helpers for wasm, used where they make it faster. */
  readonly threads?: ThreadOptions
  /** `trials` of an earlier trainer: where it was of this device and model, nothing is tried again. */
  readonly past?: Uint8Array
}

/** The cheapest to try comes first; the last is there everywhere. */
const candidates: readonly BackendName[] = ['wasm', 'webgpu', 'webgl', 'cpu']

/** What trying may cost before the rest is left untried. */
const budgetMs = 1_500

/** Steps that take less are not shared: waking threads and adding up what they found costs as much as they save. */
const worthSharingMs = 3

/**
 * A trainer on the wanted backend, or under 'auto' on the fastest by the clock; it moves on by itself when its
 * device fails. A wanted backend that does not work is replaced as under 'auto', and says so in `why` and as a
 * problem. Rejects with DeviceError, naming every reason, where nothing works, with RangeError for examples or
 * parameters that do not fit the task.
 */
export async function chooseTrainer(options: ChooseOptions): Promise<ChosenTrainer> {
  const { wanted } = options
  const places = placesFor(options)
  if (wanted === 'auto') return chooseByTrials(options, places)
  try {
    return createResilientTrainer(await onWanted(options, wanted), places)
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error
    const placed = await fastest(options, new Set([wanted]))
    const why = `${wanted} was asked for, but does not work: ${reasonOf(wanted, error)}. ${placed.why}`
    return createResilientTrainer({ ...placed, why }, places, problemOf(wanted, error))
  }
}

/** Where wasm is wanted, on one thread or on several, whichever is faster. */
async function onWanted(options: ChooseOptions, wanted: BackendName): Promise<Placed> {
  const { task, past, threads } = options
  const why = `${wanted} was asked for`
  if (wanted === 'wasm' && threads !== undefined) {
    const known = (await trialsIn(past, task, threads.count))?.filter(({ name }) => name === 'wasm')
    const trials = known ?? (await tryWasm(options, threads))
    if (trials.filter(({ type }) => type === 'timed').length > 1)
      return bestOf(trials, options, `${why}. The fastest`)
  }
  const trainer = await createTfjsTrainer({ ...onThreads(options), backend: wanted })
  return { trainer, why: withNote(why, trainer.note) }
}

async function chooseByTrials(options: ChooseOptions, places: Places): Promise<ChosenTrainer> {
  const { task, past, threads } = options
  const known = await trialsIn(past, task, threads?.count)
  try {
    if (known !== undefined)
      return createResilientTrainer(
        await bestOf(known, options, 'The fastest here, as tried earlier,'),
        places,
      )
  } catch (error) {
    // What worked then does not now.
    if (!(error instanceof DeviceError)) throw error
  }
  const trials = await tryAll(options, new Set())
  const trainer = createResilientTrainer(await bestOf(trials, options), places)
  return { ...trainer, trials: await trialsToKeep(task, trials, threads?.count) }
}

function problemOf(wanted: BackendName, error: DeviceError): Problem | undefined {
  const detail = reasonOf(wanted, error)
  if (error.code === 'too-large') return { code: 'model-too-large', detail }
  return wanted === 'webgpu' ? { code: 'no-webgpu', detail } : undefined
}

function placesFor(options: ChooseOptions): Places {
  let { task } = options
  return {
    hopelessLoss: hopelessLoss(task.data),
    elsewhere: (without, parameters) => fastest({ ...options, task, parameters }, without),
    again: ({ name: backend, threads }, parameters) =>
      createTfjsTrainer({ ...onThreads(options, threads), task, backend, parameters }),
    learningRate: () => task.training.optimizer.learningRate,
    setLearningRate: (learningRate) => {
      const { training } = task
      task = { ...task, training: { ...training, optimizer: { ...training.optimizer, learningRate } } }
    },
  }
}

const fastest = async (options: ChooseOptions, without: ReadonlySet<BackendName>): Promise<Placed> =>
  bestOf(await tryAll(options, without), options)

/** A trainer on the backend that took least, and the trials as a sentence that begins with `found`. */
async function bestOf(
  trials: readonly Trial[],
  options: ChooseOptions,
  found = 'The fastest here',
): Promise<Placed> {
  const order = trials
    .flatMap((trial) => (trial.type === 'timed' ? [trial] : []))
    .sort((a, b) => a.stepMs - b.stepMs)
  const [best] = order
  if (best === undefined)
    throw new DeviceError(
      'cpu',
      'unavailable',
      `no backend can train this model; ${trials.map(clauseOf).join('; ')}`,
    )
  const trainer = await createTfjsTrainer({ ...onThreads(options, best.threads), backend: best.name })
  const rest = trials.filter((trial) => trial !== best)
  const why = `${found} is ${[best, ...rest].map(clauseOf).join('; ')}`
  return { trainer, why: withNote(why, trainer.note) }
}

/** With help for that many threads, or none. */
function onThreads({ threads, ...options }: ChooseOptions, count = 1): Omit<TfjsTrainerOptions, 'backend'> {
  return threads === undefined || count < 2 ? options : { ...options, threads: { ...threads, count } }
}

const withNote = (why: string, note: string | undefined): string =>
  note === undefined ? why : `${why}. ${note}`

async function tryAll(options: ChooseOptions, without: ReadonlySet<BackendName>): Promise<readonly Trial[]> {
  const startMs = performance.now()
  const trials: Trial[] = []
  for (const name of candidates) {
    if (without.has(name)) continue
    const works = trials.some(({ type }) => type === 'timed')
    const spent = performance.now() - startMs >= budgetMs
    if (name === 'wasm' && options.threads !== undefined)
      trials.push(...(await tryWasm(options, options.threads)))
    else trials.push(await tryOne({ ...onThreads(options), backend: name }, works, spent))
  }
  return trials
}

/** On one thread, and, where a step is worth it, on as many as there may be. */
async function tryWasm(options: ChooseOptions, { count }: ThreadOptions): Promise<readonly Trial[]> {
  const alone = await timeBackend({ ...onThreads(options), backend: 'wasm' })
  const isWorth = alone.type === 'timed' && alone.stepMs >= worthSharingMs
  if (!isWorth || usefulThreads(options.task, count) < 2) return [alone]
  return [alone, await timeBackend({ ...onThreads(options, count), backend: 'wasm' })]
}

/**
 * An emulated GPU and plain JavaScript never beat wasm, so once something works they are left alone; a real GPU
 * is tried however long the others took, unless one was found already.
 */
async function tryOne(options: TfjsTrainerOptions, works: boolean, spent: boolean): Promise<Trial> {
  const name = options.backend
  if (works) {
    if (name === 'cpu') return { type: 'skipped', name, reason: 'plain JavaScript is slower' }
    if (name === 'webgl' && spent) return { type: 'skipped', name, reason: 'choosing took long enough' }
    try {
      if (await isEmulated(name)) return { type: 'skipped', name, reason: 'only a software adapter' }
    } catch (error) {
      return { type: 'failed', name, reason: reasonOf(name, error) }
    }
  }
  return timeBackend(options)
}
