/** What the page's worker is asked: steps of a model on so many threads, one thread and several in turns. */
export interface ThreadsWish {
  readonly type: 'measure'
  readonly model: string
  readonly threads: number
  readonly rounds: number
}

/** Milliseconds a step of each round. */
export interface ThreadsResult {
  readonly alone: readonly number[]
  readonly shared: readonly number[]
}

declare global {
  interface Window {
    measureThreads?: (model: string, threads: number, rounds: number) => Promise<ThreadsResult>
  }
}
