import { readMnist } from '@gossamer/tools/mnist'
import { answerQuestions } from '../in-processes.ts'
import type { Examined } from '../learning/case.ts'
import { heldOut } from '../learning/held-out.ts'
import { type RoomConfig, type RoomResult, runRoom } from './room.ts'

/** A process of its own that runs one room after another. */

export interface Question {
  readonly config: RoomConfig
  readonly examined: Examined
}

const mnist = readMnist()
const data = { test: mnist, validation: heldOut(mnist.train) }

answerQuestions<Question, RoomResult>(({ config, examined }) => {
  const { train, test } = data[examined]
  return runRoom(config, train, test)
})
