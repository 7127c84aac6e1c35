import { seededRandom } from '../../lib/random.ts'
import type { Measured, Problem, Snapshot } from '../../node/snapshot.ts'
import { decodeCheckpoint, encodeCheckpoint } from '../../params/checkpoint.ts'
import { sampleExamples } from '../../params/sample-examples.ts'
import type { DiscoveryStatus, Evaluation, Transport } from '../../ports.ts'
import { observe } from '../../runtime/observe.ts'
import { runNode } from '../../runtime/run-node.ts'
import { examplesProblem } from '../../task/check-examples.ts'
import { labelCounts } from '../../task/logit-adjustment.ts'
import { modelLayout } from '../../task/models.ts'
import { systemClock } from '../browser/system-clock.ts'
import type { Which } from '../browser/session.ts'
import { exportModel } from '../tfjs/export-model.ts'
import { chooseTrainer } from '../tfjs/select-backend.ts'
import { EngineError } from './engine-error.ts'
import type { EngineSettings, Requests, RequestType, ToEngine } from './engine-protocol.ts'

/** A trainer and a node at work, in the thread that made them. */
export interface Engine {
  snapshot(): Snapshot
  setSignaling(status: DiscoveryStatus): void
  addProblem(problem: Problem): void
  request(request: Extract<ToEngine, { type: RequestType }>): Promise<Requests[RequestType]['answer']>
}

type Request = Extract<ToEngine, { type: RequestType }>

const snapshotEveryMs = 100
const testedExamples = 1_000
/** Measuring takes at most this share of the time. */
const measuringShare = 0.05

/**
 * Begins training and gossip for one session. Rejects with EngineError where the data do not fit the task or no
 * backend can train its model.
 */
export async function createEngine(
  settings: EngineSettings,
  transport: Transport,
  onSnapshot: (snapshot: Snapshot) => void,
): Promise<Engine> {
  const { task, train, test, seed, name } = settings
  const problem =
    examplesProblem(train, task.data, 'data.train') ??
    (test === undefined ? undefined : examplesProblem(test, task.data, 'data.test'))
  if (problem !== undefined) throw new EngineError('bad-data', problem)

  const layout = modelLayout(task)
  const checkpoint =
    settings.checkpoint === undefined
      ? undefined
      : decodeCheckpoint(settings.checkpoint, layout.fingerprint, layout.size)
  const problems: Problem[] = []
  let signaling: DiscoveryStatus = 'off'
  let dirty = true

  const trainer = await chooseTrainer({
    task,
    examples: train,
    seed,
    wanted: settings.backend,
    ...(checkpoint === undefined ? {} : { parameters: checkpoint.own }),
    ...(settings.wasmPaths === undefined ? {} : { wasmPaths: settings.wasmPaths }),
  })
}
