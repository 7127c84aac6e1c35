import { fileURLToPath } from 'node:url'
import { inProcesses } from '../in-processes.ts'
import { canonicalText, keyOf } from '../kept.ts'
import { codeVersion } from '../learning/code-version.ts'
import { cachedResult, cacheResult, committedResults } from './results.ts'
import type { RoomResult } from './room.ts'
import type { Question } from './worker.ts'

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
  const keys = questions.map(({ examined, config }) => keyOf(version, examined, canonicalText(config)))
  const results = questions.map(({ examined, config }, i) => {
    const kept = examined === 'test' ? known.get(canonicalText(config))?.result : undefined
    return kept ?? cachedResult(keys[i] ?? '')
  })
  const missing = [...questions.entries()].filter(([i]) => results[i] === undefined)
  let done = 0
  const startMs = performance.now()
  await inProcesses<Question, RoomResult>(
    workerFile,
    missing.map(([, question]) => question),
    workers,
    (result, index) => {
      const [i = 0, question] = missing[index] ?? []
      cacheResult(keys[i] ?? '', result)
      results[i] = result
      const seconds = Math.round((performance.now() - startMs) / 1_000)
      process.stderr.write(
        `${++done} of ${missing.length} runs, ${seconds} s: ${question === undefined ? '' : described(question)}: ${result.served.map((accuracy) => accuracy.toFixed(4)).join(' ')}\n`,
      )
    },
  )
  return results
}

const described = ({ config: { peers, skew, seed, gossip } }: Question): string =>
  `${gossip.strategy}/n-${peers}/skew-${skew}, seed ${seed}`
