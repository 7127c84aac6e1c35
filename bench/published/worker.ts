import { readMnist } from '@gossamer/tools/mnist'
import type { Examined } from '../learning/case.ts'
import { heldOut } from '../learning/held-out.ts'
import { type RoomConfig, type RoomResult, runRoom } from './room.ts'

/** A process of its own that runs one room after another. */

export interface Question {
  readonly config: RoomConfig
  readonly examined: Examined
}
export type Answer =
  | { readonly ok: true; readonly result: RoomResult }
  | { readonly ok: false; readonly reason: string }

const mnist = readMnist()
const data = { test: mnist, validation: heldOut(mnist.train) }

function answer({ config, examined }: Question): Answer {
  try {
    const { train, test } = data[examined]
    return { ok: true, result: runRoom(config, train, test) }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

process.on('message', (question: Question) => {
  process.send?.(answer(question))
})
