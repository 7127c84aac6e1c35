/** What one variant does for a step. */
export interface Variant {
  /** Of every round. */
  readonly stepMs: readonly number[]
  readonly dispatches: number
  readonly submits: number
  readonly bytesRead: number
  /** Time that JavaScript holds the thread before it first waits for the device. */
  readonly jsMs: number
}

/** One model on one backend, stock and ours in turns in one page. */
export interface Measured {
  readonly adapter: string
  readonly stock: Variant
  readonly ours: Variant
}
