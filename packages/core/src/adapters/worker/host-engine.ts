import type { Problem, Snapshot } from '../../node/snapshot.ts'
import type { DiscoveryStatus } from '../../ports.ts'
import { EngineError } from './engine-error.ts'
import type { EngineSettings, FromEngine, Requests, RequestType, ToEngine } from './engine-protocol.ts'

/** The page's end of an engine in a worker. */
export interface HostedEngine {
  /** What trials of backends found, where some were made: to be kept. */
  readonly trials: Uint8Array | undefined
  /** The newest snapshot; one reference until the next. */
  snapshot(): Snapshot
  subscribe(listener: () => void): () => void
  setSignaling(status: DiscoveryStatus): void
  addProblem(problem: Problem): void
  /** Rejects where the engine refuses, is gone, or was closed meanwhile. */
  request<K extends RequestType>(type: K, request: Requests[K]['request']): Promise<Requests[K]['answer']>
  close(): void
}

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

/**
 * Begins an engine in `worker` and waits until it can train. `port` goes to the worker. Rejects with EngineError
 * where it cannot; the worker is terminated then.
 */
export function hostEngine(
  worker: Worker,
  settings: EngineSettings,
  port: MessagePort,
): Promise<HostedEngine> {
  const listeners = new Set<() => void>()
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  let current: Snapshot | undefined
  const post = (message: ToEngine, transfer: Transferable[] = []): void =>
    worker.postMessage(message, transfer)

  const replace = (snapshot: Snapshot): void => {
    current = snapshot
    for (const listener of [...listeners]) listener()
  }
  const giveUp = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }

  return new Promise((resolve, reject) => {
    const fail = (problem: Problem): void => {
      worker.terminate()
      const error = new EngineError(problem.code, problem.detail)
      giveUp(error)
      if (current === undefined) reject(error)
      else replace({ ...current, status: 'failed', problems: [...current.problems, problem] })
    }
    worker.onerror = (event) => {
      event.preventDefault()
      fail({ code: 'worker-failed', detail: event.message || 'The training worker could not be started.' })
    }
    worker.onmessageerror = () =>
      fail({ code: 'worker-failed', detail: 'The training worker sent something unreadable.' })
    worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
      switch (data.type) {
        case 'ready':
          current = data.snapshot
          resolve(hosted(data.snapshot, data.trials))
          break
        case 'snapshot':
          if (current !== undefined) replace(data.snapshot)
          break
        case 'broken':
          fail(data.problem)
          break
        case 'answer':
          waiting.get(data.id)?.resolve(data.value as never)
          waiting.delete(data.id)
          break
        case 'refusal':
          waiting.get(data.id)?.reject(new Error(data.message))
          waiting.delete(data.id)
          break
      }
    }
    post({ type: 'begin', settings, port }, [port])
  })

  function hosted(first: Snapshot, trials: Uint8Array | undefined): HostedEngine {
    return {
      trials,
      snapshot: () => current ?? first,
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      setSignaling: (status) => post({ type: 'signaling', status }),
      addProblem: (problem) => post({ type: 'problem', problem }),
      request: (type, request) =>
        new Promise((resolve, reject) => {
          const id = nextId++
          waiting.set(id, { resolve, reject })
          post({ type, id, ...request } as ToEngine)
        }),
      close: () => {
        worker.terminate()
        giveUp(new Error('The session was left.'))
      },
    }
  }
}
