/** How a peer learns from its own examples. */
export interface Rule {
  readonly optimizer: 'adam' | 'sgd'
  readonly rate: number
  /** Of the heavy ball, for sgd; 0 for none. */
  readonly momentum: number
  /** The rate falls on a straight line from `rate` to this part of it at the last step. 1: it stays. */
  readonly endShare: number
  /** Longest gradient; 0: no clipping. */
  readonly clipNorm: number
  /** The floor of the logit adjustment by own labels; undefined: no adjustment. */
  readonly adjustmentFloor?: number
}

/** The optimizer of the published runs: Adam as Keras has it, nothing else. */
export const publishedRule: Rule = { optimizer: 'adam', rate: 0.001, momentum: 0, endShare: 1, clipNorm: 0 }

/** Steps of every peer: three epochs of 1,200. */
export const epochSteps = 1_200
export const totalSteps = 3 * epochSteps

export const rateAt = ({ rate, endShare }: Rule, step: number): number =>
  rate * (1 - (1 - endShare) * Math.min(1, step / totalSteps))

/** What is added to a peer's logits in training: a_c = max(floor, ln((n_c + 0.5) / (sum n + 0.5 C))). */
export function adjustmentOf({ adjustmentFloor }: Rule, counts: readonly number[]): readonly number[] {
  if (adjustmentFloor === undefined) return counts.map(() => 0)
  const total = counts.reduce((sum, count) => sum + count, 0) + 0.5 * counts.length
  return counts.map((count) => Math.max(adjustmentFloor, Math.log((count + 0.5) / total)))
}
