/**
 * What takes a turn: a training step of tfjs's own, as it comes or with our kernels registered, of ours, of jax-js, or
 * the fastest product of matrices there is.
 */
export type Side = 'stock' | 'kernels' | 'ours' | 'jax' | 'peak'

/** What one side did in its turn, for each of its steps. */
export interface Turn {
  readonly steps: number
  readonly stepMs: number
  readonly dispatches: number
  readonly submits: number
  readonly bytesRead: number
}

export interface Prepared {
  readonly adapter: string
  /** Those that the case has, ready to go. */
  readonly sides: readonly Side[]
  /** Floating-point operations of one step of ours, and of one product of `peak`. */
  readonly flops: { readonly ours: number; readonly peak: number }
  /** Which product of matrices was the fastest. */
  readonly peak: string
}

/** What the page offers to the driver. */
export interface Bench {
  prepare(model: string, backend: string): Promise<Prepared>
  /** Makes ready for a turn of one side, whose kernels and backend it takes. */
  enter(side: Side): Promise<void>
  /** Some steps of the side that entered. Rejects where something went wrong since the last turn. */
  turn(): Promise<Turn>
}
