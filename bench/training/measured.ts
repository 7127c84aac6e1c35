export type Side = 'stock' | 'ours'

/** What one side did in its turn, for each of its steps. */
export interface Turn {
  readonly steps: number
  readonly stepMs: number
  readonly dispatches: number
  readonly submits: number
  readonly bytesRead: number
}

/** What the page offers to the driver. */
export interface Bench {
  /** Both sides of a case, ready to go; answers with the adapter's name. */
  prepare(model: string, backend: string): Promise<string>
  /** Some steps of one side. Rejects where something went wrong since the last turn. */
  turn(side: Side): Promise<Turn>
}
