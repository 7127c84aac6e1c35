/**
 * How a trainer runs: alone, or with a snapshot and a merge after so many steps. Alone it is asked for ten steps at a time,
 * or, to tell what a merge costs from what it costs to ask, for one.
 */
export type Merging = 'off' | 'every-10' | 'off-1' | 'every-1'

/** Which session of the trainee trains: the one that is alone, or the one among neighbours. */
export type Company = 'off' | 'on'

export interface Exchanged {
  /** From the start of the turn to its end. */
  readonly steps: number
  readonly samplesPerSecond: number
  /** Models of neighbours that were weighed, whether they were merged or not. */
  readonly judged: number
  readonly peers: number
  readonly everySteps: number
  readonly rejected: Readonly<Record<string, number>>
}

/** What the page offers to the driver. */
export interface Overlap {
  /** A trainer of a model, ready to go; answers with the adapter's name. */
  prepare(model: string, backend: 'webgpu' | 'wasm'): Promise<string>
  /** Steps a second. */
  run(merging: Merging, steps: number): Promise<number>
  /** How long training waits for each of some merges, in ms: for its snapshot, its arithmetic and its end. */
  pauses(merges: number): Promise<readonly number[]>
  dispose(): void
  /** Opens both sessions of the trainee. */
  trainee(model: string, roomKey: string): Promise<string>
  /** Opens so many neighbours that take steps of `stepMs` without computing anything. */
  neighbours(model: string, roomKey: string, count: number, stepMs: number): Promise<void>
  startNeighbours(): void
  /** Waits until the trainee has so many neighbours. */
  meet(count: number): Promise<void>
  measure(company: Company, ms: number): Promise<Exchanged>
}

declare global {
  interface Window {
    overlap?: Overlap
  }
}
