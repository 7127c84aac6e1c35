import { differenceBlock } from './difference-loops.ts'

/** Bytes of a whole block at five trits a byte. */
export const tritBytesOfBlock: number = Math.ceil(differenceBlock / 5)

/** Bytes of so many trits, without scales: every block begins a new byte. */
export const tritBytes = (count: number): number =>
  Math.floor(count / differenceBlock) * tritBytesOfBlock + Math.ceil((count % differenceBlock) / 5)

/** Differences of at most this share of their block's mean magnitude are sent as zero (Li and Liu 2016, arXiv 1605.04711). */
export const thresholdShare = 0.7

/**
 * The threshold of a block. Where all magnitudes are equal in exact arithmetic, rounding cannot put it above
 * them: 0.7 of the mean is far enough below.
 */
export const thresholdOf = (sum: number, count: number): number =>
  Math.fround(thresholdShare * Math.fround(sum / count))
