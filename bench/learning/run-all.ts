import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Report } from '@gossamer/core/sim'
import { type Answer, keyOf, type Run } from './case.ts'
import { codeVersion } from './code-version.ts'

const folder = fileURLToPath(new URL('../../../.cache/learning', import.meta.url))
const workerFile = fileURLToPath(new URL('./worker.js', import.meta.url))

/**
 * The reports of some runs, in their order: from .cache/learning where this code made them before, otherwise
 * computed by `workers` processes. Whatever is done is kept, so an interrupted call goes on where it stopped.
 * Rejects with the first run that fails, after ending the processes.
 */
export async function runAll(runs: readonly Run[], workers: number): Promise<readonly Report[]> {
  mkdirSync(folder, { recursive: true })
  const version = codeVersion()
  const files = runs.map((run) => join(folder, `${keyOf(run, version)}.json`))
  const reports = files.map(cached)
  const waiting = runs.flatMap((run, i) => (reports[i] === undefined ? [{ run, i }] : []))
  const total = waiting.length
  let done = 0
  const startMs = performance.now()

  async function work(): Promise<void> {
    const child = fork(workerFile)
    try {
      for (;;) {
        const next = waiting.shift()
        if (next === undefined) return
        const answer = await ask(child, next.run)
        if (!answer.ok) throw new Error(answer.reason)
        keep(files[next.i] ?? '', answer.report)
        reports[next.i] = answer.report
        const seconds = Math.round((performance.now() - startMs) / 1_000)
        process.stderr.write(`${++done} of ${total} runs, ${seconds} s\n`)
      }
    } finally {
      child.kill()
    }
  }

  await Promise.all(Array.from({ length: Math.min(workers, total) }, work))
  return reports.flatMap((report) => report ?? [])
}

function ask(child: ChildProcess, run: Run): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new Error(`a worker ended with code ${code} in the middle of a run`))
    child.once('exit', onExit)
    child.once('message', (answer: Answer) => {
      child.off('exit', onExit)
      resolve(answer)
    })
    child.send(run)
  })
}

/** NaN is null in JSON. */
const notANumber = (_: string, value: unknown): unknown => (value === null ? Number.NaN : value)

function cached(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'), notANumber)
  } catch {
    return undefined
  }
}

/** Whole or not at all. */
function keep(file: string, report: Report): void {
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(report))
  renameSync(`${file}.${process.pid}`, file)
}
