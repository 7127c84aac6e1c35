import type { ThreadsResult, ThreadsWish } from './measured.ts'

/** A page's own thread must not sleep: trainers with helpers live in a worker. */
window.measureThreads = (model, threads, rounds) => {
  const worker = new Worker(new URL('./trainer.worker.ts', import.meta.url), { type: 'module' })
  const result = new Promise<ThreadsResult>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<ThreadsResult | { readonly error: string }>) =>
      'error' in data ? reject(new Error(data.error)) : resolve(data)
    worker.onerror = ({ message }) => reject(new Error(message))
  })
  worker.postMessage({ type: 'measure', model, threads, rounds } satisfies ThreadsWish)
  return result.finally(() => worker.terminate())
}
