import type { Snapshot } from '../../node/snapshot.ts'
import type { Examples } from '../../ports.ts'
import type { CompleteTask } from '../../task/task.ts'
import { memoryNetwork } from '../../testing/memory-transport.ts'
import { systemClock } from '../browser/system-clock.ts'
import { createEngine, type Engine } from '../worker/engine.ts'
import { chooseTrainer } from './select-backend.ts'

export interface RoomOfTwo {
  readonly engines: readonly [Engine, Engine]
  /** The latest of each, as far as there is one. */
  readonly snapshots: readonly Snapshot[]
  /** Starts both and waits until each has merged and measured so often. */
  exchanged(merges: number): Promise<void>
  leave(): Promise<void>
}

/** Two engines with data of their own, on wasm, connected in memory. */
export async function roomOfTwo(
  task: CompleteTask,
  shares: readonly [Examples, Examples],
  test: Examples,
): Promise<RoomOfTwo> {
  const network = memoryNetwork(systemClock)
  let heard = (): void => undefined
  const snapshots: Snapshot[] = []
  const open = (number: 0 | 1): Promise<Engine> => {
    const self = ['a', 'b'][number] ?? ''
    const settings = {
      task,
      train: shares[number],
      test,
      backend: 'wasm',
      seed: number,
      self,
      name: self,
    } as const
    return createEngine(
      { ...settings, checkpoint: undefined, pastTrials: undefined, threads: undefined, wasmPaths: undefined },
      network.join(self),
      'off',
      (snapshot) => {
        snapshots[number] = snapshot
        heard()
      },
      chooseTrainer,
    )
  }
  const engines = [await open(0), await open(1)] as const
  const both = (command: 'start' | 'leave') =>
    Promise.all(engines.map((engine) => engine.request({ type: 'command', id: 0, command })))
  const haveExchanged = (merges: number): boolean =>
    [0, 1].every((number) => {
      const snapshot = snapshots[number]
      return snapshot !== undefined && snapshot.merges >= merges && snapshot.served !== undefined
    })
  return {
    engines,
    snapshots,
    exchanged: async (merges) => {
      const there = new Promise<void>((resolve) => {
        heard = () => {
          if (haveExchanged(merges)) resolve()
        }
      })
      await both('start')
      await there
    },
    leave: async () => {
      await both('leave')
    },
  }
}
