import { simulate } from '@gossamer/core/sim'
import { readMnist } from '@gossamer/tools/mnist'
import type { Answer, Examined, Question } from './case.ts'
import { heldOut } from './held-out.ts'

/** A process of its own that runs one simulation after another. */

const mnist = readMnist()
const examples = { test: () => mnist, validation: () => heldOut(mnist.train) } satisfies Record<
  Examined,
  () => typeof mnist
>

function answer({ scenario, examined }: Question): Answer {
  try {
    return { ok: true, report: simulate(scenario, examples[examined]()) }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

process.on('message', (question: Question) => {
  process.send?.(answer(question))
})
