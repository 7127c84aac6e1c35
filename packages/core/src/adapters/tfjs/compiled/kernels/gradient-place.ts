import { type GradientLayout, gradientAt } from './update.ts'

/** Where a layer's gradients go: each share of the batch has its own, and the update adds them up. */
export interface GradientPlace {
  readonly shares: number
  /** Examples of a share; the last may have fewer. */
  readonly examples: number
  /** From one share's gradients to the next, in floats. */
  readonly stride: number
  /** Where those of the first share begin, in floats. */
  readonly at: number
}

/** Of the parameters from float `offset` on: in shares, or, for those that have none, in one place for the whole batch. */
export const gradientPlace = (layout: GradientLayout, offset: number, batch: number): GradientPlace =>
  offset < layout.shared
    ? { ...layout.split, at: offset }
    : { shares: 1, examples: batch, stride: 0, at: gradientAt(layout, offset) }
