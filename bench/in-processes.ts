import { fork } from 'node:child_process'

/** What a process answers to a question. */
export type Answer<T> =
  | { readonly ok: true; readonly result: T }
  | { readonly ok: false; readonly reason: string }

/**
 * Asks questions of `workers` processes of one module, one at a time each, and tells every answer as it comes, with
 * the question's index. Rejects with the first that fails, after ending the processes.
 */
export async function inProcesses<Question extends object, T>(
  moduleFile: string,
  questions: readonly Question[],
  workers: number,
  onResult: (result: T, index: number) => void,
): Promise<void> {
  const waiting = [...questions.entries()]

  async function work(): Promise<void> {
    const child = fork(moduleFile)
    const ask = (question: Question): Promise<Answer<T>> =>
      new Promise((resolve, reject) => {
        const onExit = (code: number | null): void =>
          reject(new Error(`a worker ended with code ${code} in the middle of a run`))
        child.once('exit', onExit)
        child.once('message', (answer: Answer<T>) => {
          child.off('exit', onExit)
          resolve(answer)
        })
        child.send(question)
      })
    try {
      for (;;) {
        const next = waiting.shift()
        if (next === undefined) return
        const [index, question] = next
        const answer = await ask(question)
        if (!answer.ok) throw new Error(answer.reason)
        onResult(answer.result, index)
      }
    } finally {
      child.kill()
    }
  }

  await Promise.all(Array.from({ length: Math.min(workers, waiting.length) }, work))
}

/** The other side: answers every question that this process is asked. */
export function answerQuestions<Question, T>(answer: (question: Question) => T): void {
  const answered = (question: Question): Answer<T> => {
    try {
      return { ok: true, result: answer(question) }
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) }
    }
  }
  process.on('message', (question: Question) => {
    process.send?.(answered(question))
  })
}
