import type { Problem, Snapshot } from '../../node/snapshot.ts'
import type { DiscoveryStatus } from '../../ports.ts'
import { chooseTrainer } from '../tfjs/select-backend.ts'
import { type FromThread, serveThread, type ThreadSetup } from '../tfjs/threads/serve-thread.ts'
import { createEngine, type Engine, type TrainerFor } from './engine.ts'
import { EngineError } from './engine-error.ts'
import type { FromEngine, ToEngine } from './engine-protocol.ts'
import { portTransport } from './port-transport.ts'

interface WorkerScope {
  onmessage: ((event: MessageEvent<ToEngine | ThreadSetup>) => void) | null
  postMessage(message: FromEngine | FromThread, transfer?: Transferable[]): void
}

const maxFrameBytes = 16_400

/**
 * Makes the worker it is called in the engine of a session: trainer and node live here, so that the page stays
 * smooth. Call it once, at the top of a module worker of your own. On a cross-origin isolated page the engine may start
 * the same worker a few times more, as threads that help it train on wasm.
 *
 * @param trainerFor makes the trainer; left out, tfjs trains on the wanted backend
 */
export function serveEngine(trainerFor: TrainerFor = chooseTrainer): void {
  const scope = globalThis as unknown as WorkerScope
  let engine: Engine | undefined
  let signaling: DiscoveryStatus = 'off'
  const early: Problem[] = []

  scope.onmessage = ({ data }) => {
    switch (data.type) {
      case 'thread':
        void serveThread(data, (message) => scope.postMessage(message))
        break
      case 'begin': {
        const { settings, port } = data
        const transport = portTransport(port, settings.self, maxFrameBytes)
        const onSnapshot = (snapshot: Snapshot): void => scope.postMessage({ type: 'snapshot', snapshot })
        createEngine(settings, transport, signaling, onSnapshot, trainerFor).then(
          (created) => {
            engine = created
            engine.picture.setSignaling(signaling)
            for (const problem of early) engine.picture.addProblem(problem)
            const { picture, trials } = created
            scope.postMessage({ type: 'ready', snapshot: picture.current(), trials })
          },
          (error: unknown) => scope.postMessage({ type: 'broken', problem: problemOf(error) }),
        )
        break
      }
      case 'signaling':
        signaling = data.status
        engine?.picture.setSignaling(data.status)
        break
      case 'problem':
        if (engine === undefined) early.push(data.problem)
        else engine.picture.addProblem(data.problem)
        break
      default: {
        const { id } = data
        const answer =
          engine === undefined ? Promise.reject(new Error('The engine is not ready.')) : engine.request(data)
        answer.then(
          (value) => scope.postMessage({ type: 'answer', id, value }),
          (error: unknown) =>
            scope.postMessage({
              type: 'refusal',
              id,
              message: error instanceof Error ? error.message : String(error),
            }),
        )
      }
    }
  }
}

const problemOf = (error: unknown): Problem =>
  error instanceof EngineError
    ? { code: error.code, detail: error.message }
    : { code: 'worker-failed', detail: error instanceof Error ? error.message : String(error) }
