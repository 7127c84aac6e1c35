import { type Report, simulate } from '@gossamer/core/sim'
import { readMnist } from '@gossamer/tools/mnist'
import { answerQuestions } from '../in-processes.ts'
import type { Examined, Run } from './case.ts'
import { heldOut } from './held-out.ts'

/** A process of its own that runs one simulation after another. */

const mnist = readMnist()
const examples = { test: () => mnist, validation: () => heldOut(mnist.train) } satisfies Record<
  Examined,
  () => typeof mnist
>

answerQuestions<Run, Report>(({ scenario, examined }) => simulate(scenario, examples[examined]()))
