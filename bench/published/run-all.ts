import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { codeVersion } from '../learning/code-version.ts'
import { cachedResult, cacheResult, committedResults, textOf } from './results.ts'
import type { RoomResult } from './room.ts'
import type { Answer, Question } from './worker.ts'

const workerFile = fileURLToPath(new URL('./worker.js', import.meta.url))

export interface HowToRun {
  /** Processes; with 0 nothing is run. */
  readonly workers: number
  /** Committed results do not count. */
  readonly fresh: boolean
}

/**
 * The results of some runs, in their order: committed ones, otherwise those that this code left in .cache/published,
 * otherwise computed; undefined for what is in neither when there are no workers. Whatever is done is kept, so an
 * interrupted call goes on where it stopped. Rejects with the first run that fails, after ending the processes.
 */
export async function runAll(
  questions: readonly Question[],
  { workers, fresh }: HowToRun,
): Promise<readonly (RoomResult | undefined)[]> {
  const known = fresh ? new Map() : committedResults()
  const version = codeVersion()
  const keyOf = (question: Question): string =>
    createHash('sha256')
      .update(JSON.stringify([version, question.examined, textOf(question.config)]))
      .digest('hex')
      .slice(0, 32)
  const results = questions.map((question) => {
    const kept = question.examined === 'test' ? known.get(textOf(question.config))?.result : undefined
    return kept ?? cachedResult(keyOf(question))
  })
  const waiting = questions.flatMap((question, i) => (results[i] === undefined ? [{ question, i }] : []))
  const total = waiting.length
  let done = 0
  const startMs = performance.now()

  async function work(): Promise<void> {
    const child = fork(workerFile)
    try {
      for (;;) {
        const next = waiting.shift()
        if (next === undefined) return
        const answer = await ask(child, next.question)
        if (!answer.ok) throw new Error(answer.reason)
        cacheResult(keyOf(next.question), answer.result)
        results[next.i] = answer.result
        const { peers, skew, seed, gossip } = next.question.config
        const seconds = Math.round((performance.now() - startMs) / 1_000)
        process.stderr.write(
          `${++done} of ${total} runs, ${seconds} s: ${gossip.strategy}/n-${peers}/skew-${skew}, seed ${seed}: ${answer.result.served.map((accuracy) => accuracy.toFixed(4)).join(' ')}\n`,
        )
      }
    } finally {
      child.kill()
    }
  }

  await Promise.all(Array.from({ length: Math.min(workers, total) }, work))
  return results
}

function ask(child: ChildProcess, question: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new Error(`a worker ended with code ${code} in the middle of a run`))
    child.once('exit', onExit)
    child.once('message', (answer: Answer) => {
      child.off('exit', onExit)
      resolve(answer)
    })
    child.send(question)
  })
}
