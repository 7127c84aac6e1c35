import type { Problem } from '../../node/snapshot.ts'
import { createEngine, type Engine } from './engine.ts'
import { EngineError } from './engine-error.ts'
import type { FromEngine, ToEngine } from './engine-protocol.ts'
import { portTransport } from './port-transport.ts'

interface WorkerScope {
  onmessage: ((event: MessageEvent<ToEngine>) => void) | null
  postMessage(message: FromEngine, transfer?: Transferable[]): void
}

const maxFrameBytes = 16_400

/**
 * Makes the worker it is called in the engine of a session: trainer and node live here, so that the page stays
 * smooth. Call it once, at the top of a module worker of your own.
 */
export function serveEngine(): void {
  const scope = globalThis as unknown as WorkerScope
  let engine: Engine | undefined

  scope.onmessage = ({ data }) => {
    switch (data.type) {
      case 'begin': {
        const { settings, port } = data
        createEngine(settings, portTransport(port, settings.self, maxFrameBytes), (snapshot) =>
          scope.postMessage({ type: 'snapshot', snapshot }),
        ).then(
          (created) => {
            engine = created
            scope.postMessage({ type: 'ready', snapshot: created.snapshot() })
          },
          (error: unknown) => scope.postMessage({ type: 'broken', problem: problemOf(error) }),
        )
        break
      }
      case 'signaling':
        engine?.setSignaling(data.status)
        break
      case 'problem':
        engine?.addProblem(data.problem)
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
