import { derivedSeed, seededRandom } from '../../lib/random.ts'
import type { Problem, Snapshot } from '../../node/snapshot.ts'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../params/checkpoint.ts'
import type { DiscoveryStatus, Trained, Transport } from '../../ports.ts'
import { type NodeOptions, type RunningNode, runNode } from '../../runtime/run-node.ts'
import { examplesProblem, scaleProblem } from '../../task/check-examples.ts'
import { modelLayout } from '../../task/models.ts'
import type { Which } from '../browser/session.ts'
import { systemClock } from '../browser/system-clock.ts'
import { exportModel } from '../tfjs/export-model.ts'
import type { ChooseOptions, ChosenTrainer } from '../tfjs/select-backend.ts'
import { threadsHere } from '../tfjs/threads/threads.ts'
import { EngineError } from './engine-error.ts'
import type { EngineSettings, Requests, RequestType, ToEngine } from './engine-protocol.ts'
import { createExaminer } from './examiner.ts'
import { createNextTask } from './next-task.ts'
import { createPicture, type Picture } from './picture.ts'

type Request = Extract<ToEngine, { type: RequestType }>

/** A trainer and a node at work, in the thread that made them. */
export interface Engine {
  readonly picture: Picture
  /** What trials of backends found, where some were made. */
  readonly trials: Uint8Array | undefined
  request(request: Request): Promise<Requests[RequestType]['answer']>
}

/** Makes the trainer of a session; rejects where that is impossible, with why. */
export type TrainerFor = (options: ChooseOptions) => Promise<ChosenTrainer>

/**
 * Begins training and gossip for one session. Rejects with EngineError where the data do not fit the task or no
 * backend can train its model.
 */
export async function createEngine(
  settings: EngineSettings,
  transport: Transport,
  signaling: DiscoveryStatus,
  onSnapshot: (snapshot: Snapshot) => void,
  trainerFor: TrainerFor,
): Promise<Engine> {
  const { task, train, test, seed } = settings
  const misfit =
    examplesProblem(train, task.data, 'data.train') ??
    scaleProblem(train, task.data, 'data.train') ??
    (test === undefined ? undefined : examplesProblem(test, task.data, 'data.test'))
  if (misfit !== undefined) throw new EngineError('bad-data', misfit)

  const clock = systemClock
  const checkpoint = readCheckpoint(settings)
  const nextTask = createNextTask()
  const trainer = await begin(settings, checkpoint?.own, trainerFor)
  const breathing = async (steps: number): Promise<Trained> => {
    await nextTask()
    const trained = await trainer.train(steps)
    if (!Number.isFinite(trained.loss)) picture.show(divergence(trainer.learningRate()))
    return trained
  }
  const node = runNode(
    {
      transport,
      trainer: { ...trainer, train: breathing },
      clock,
      random: seededRandom(derivedSeed(seed, 'gossip')),
    },
    { task, name: settings.name, ...(checkpoint === undefined ? {} : { resumed: whatWasLeft(checkpoint) }) },
  )
  const examiner = createExaminer(node, trainer, clock, test, seed)
  const picture = createPicture({ node, trainer, clock, examiner, train, task, signaling, onSnapshot })

  const parametersOf = async (which: Which): Promise<Float32Array> =>
    node.turn(() => (which === 'own' ? trainer.read() : node.learner.readServed()))

  const perform = async (request: Request): Promise<Requests[RequestType]['answer']> => {
    switch (request.type) {
      case 'command':
        if (request.command === 'start') picture.clear('loss-not-finite')
        await command(node, picture, request.command)
        if (request.command === 'leave') trainer.dispose()
        return null
      case 'learning-rate': {
        const { rate } = request
        if (!(rate > 0 && rate < Number.POSITIVE_INFINITY))
          throw new Error(`A learning rate is above 0, not ${rate}.`)
        await node.turn(() => trainer.setLearningRate(rate))
        return null
      }
      case 'evaluate': {
        const problem = examplesProblem(request.examples, task.data, 'examples')
        if (problem !== undefined) throw new Error(problem)
        const params = await parametersOf(request.which)
        return node.turn(() => trainer.evaluate(request.examples, params))
      }
      case 'predict': {
        const params = await parametersOf(request.which)
        return node.turn(() => trainer.predict(request.inputs, params))
      }
      case 'export':
        return exportModel(task, await parametersOf(request.which))
      case 'checkpoint': {
        const { steps, merges } = node.state()
        if (steps === 0) return null
        const own = await parametersOf('own')
        const { fingerprint } = trainer.layout
        return encodeCheckpoint({ fingerprint, steps, merges, own, served: await parametersOf('served') })
      }
    }
  }
  return { picture, trials: trainer.trials, request: perform }
}

/** A third is far enough from a rate that was too high, and not much slower than the highest that works. */
const divergence = (learningRate: number): Problem => ({
  code: 'loss-not-finite',
  detail: `The training loss ran away at a learning rate of ${learningRate}.`,
  learningRate: Number((learningRate / 3).toPrecision(2)),
})

function readCheckpoint({ checkpoint, task }: EngineSettings): ReturnType<typeof decodeCheckpoint> {
  if (checkpoint === undefined) return undefined
  const layout = modelLayout(task)
  return decodeCheckpoint(checkpoint, layout.fingerprint, layout.size)
}

/** A peer that never merged serves its own replica, not an old copy of it. */
const whatWasLeft = ({ steps, merges, served }: Checkpoint): NonNullable<NodeOptions['resumed']> => ({
  steps,
  merges,
  served: merges === 0 ? undefined : served,
})

async function begin(
  { task, train, seed, backend, threads: mostThreads, wasmPaths, pastTrials }: EngineSettings,
  parameters: Float32Array | undefined,
  trainerFor: TrainerFor,
): Promise<ChosenTrainer> {
  const threads = threadsHere(mostThreads)
  try {
    return await trainerFor({
      task,
      examples: train,
      seed: derivedSeed(seed, 'batches'),
      wanted: backend,
      ...(parameters === undefined ? {} : { parameters }),
      ...(threads === undefined ? {} : { threads }),
      ...(wasmPaths === undefined ? {} : { wasmPaths }),
      ...(pastTrials === undefined ? {} : { past: pastTrials }),
    })
  } catch (error) {
    throw new EngineError('no-backend', error instanceof Error ? error.message : String(error))
  }
}

/** Resolves when the command is done: for `settle`, when neighbours agree. */
function command(
  node: RunningNode,
  picture: Picture,
  type: Extract<Request, { type: 'command' }>['command'],
): Promise<void> {
  node.dispatch({ type })
  picture.changed()
  if (type !== 'settle') return Promise.resolve()
  return new Promise((resolve) => {
    const unlisten = picture.listen(() => {
      if (node.state().status === 'settling') return
      unlisten()
      resolve()
    })
  })
}
