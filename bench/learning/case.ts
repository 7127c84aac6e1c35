import type { Scenario } from '@gossamer/core/sim'
import type { Goal } from './goal.ts'

/** One line of a benchmark: a scenario, run once for each seed. */
export interface Case {
  /** As rows name it, e.g. `swap/standard/8/skew-0.9`. */
  readonly name: string
  readonly scenario: Scenario
  readonly seeds: readonly number[]
  /** Peers that the figures leave out: what a straggler does to the others is asked of the others. */
  readonly aside?: readonly string[]
  /** What the project promises, by metric. */
  readonly goals?: Readonly<Record<string, Goal>>
}

/** Which examples a run trains on and is judged by. */
export type Examined =
  /** All training examples, and the test set: for what is reported. */
  | 'test'
  /** All but the last 10,000 training examples, judged by those: for choices. */
  | 'validation'

/** One simulation. */
export interface Run {
  readonly scenario: Scenario
  readonly examined: Examined
}
