import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Report } from '@gossamer/core/sim'
import { inProcesses } from '../in-processes.ts'
import { keyOf, readKept, writeWhole } from '../kept.ts'
import type { Run } from './case.ts'
import { codeVersion } from './code-version.ts'

const folder = fileURLToPath(new URL('../../../.cache/learning', import.meta.url))
const workerFile = fileURLToPath(new URL('./worker.js', import.meta.url))

/**
 * The reports of some runs, in their order: from .cache/learning where this code made them before, otherwise
 * computed by `workers` processes. Whatever is done is kept, so an interrupted call goes on where it stopped.
 * Rejects with the first run that fails, after ending the processes.
 */
export async function runAll(runs: readonly Run[], workers: number): Promise<readonly Report[]> {
  const version = codeVersion()
  const files = runs.map(({ examined, scenario }) =>
    join(folder, `${keyOf(version, examined, scenario)}.json`),
  )
  const reports = files.map((file) => readKept<Report>(file))
  const missing = [...runs.entries()].filter(([i]) => reports[i] === undefined)
  let done = 0
  const startMs = performance.now()
  await inProcesses<Run, Report>(
    workerFile,
    missing.map(([, run]) => run),
    workers,
    (report, index) => {
      const [i = 0] = missing[index] ?? []
      writeWhole(files[i] ?? '', JSON.stringify(report))
      reports[i] = report
      const seconds = Math.round((performance.now() - startMs) / 1_000)
      process.stderr.write(`${++done} of ${missing.length} runs, ${seconds} s\n`)
    },
  )
  return reports.flatMap((report) => report ?? [])
}
