import { adagrad } from './adagrad.ts'
import { adam } from './adam.ts'
import { buffer } from './buffer.ts'
import { clippedGossip } from './clipped-gossip.ts'
import { coordinateMedian } from './coordinate-median.ts'
import { cosineGated } from './cosine-gate.ts'
import { inverseRate } from './inverse-rate.ts'
import type { StrategyKind } from './kind.ts'
import { krum } from './krum.ts'
import { latestAverage } from './latest-average.ts'
import { lossGated } from './loss-gated.ts'
import { momentum } from './momentum.ts'
import { noloco } from './noloco.ts'
import { push } from './push.ts'
import { pushSum } from './push-sum.ts'
import { roundAverage } from './round-average.ts'
import { staleness, stalenessHinge } from './staleness.ts'
import { strict } from './strict.ts'
import { swap } from './swap.ts'
import { trimmedMean } from './trimmed-mean.ts'
import { yogi } from './yogi.ts'

/** The names, the default first. */
export const strategyNames = [
  'swap',
  'push',
  'push-sum',
  'latest-average',
  'round-average',
  'noloco',
  'momentum',
  'adam',
  'yogi',
  'adagrad',
  'staleness',
  'staleness-hinge',
  'inverse-rate',
  'buffer',
  'clipped-gossip',
  'trimmed-mean',
  'coordinate-median',
  'krum',
  'cosine-gate',
  'loss-gate',
  'strict',
] as const

export type StrategyName = (typeof strategyNames)[number]

/** Every strategy by the name that a task gives it. */
export const strategies: Readonly<Record<StrategyName, StrategyKind>> = {
  swap,
  push,
  'push-sum': pushSum,
  'latest-average': latestAverage,
  'round-average': roundAverage,
  noloco,
  momentum,
  adam,
  yogi,
  adagrad,
  staleness,
  'staleness-hinge': stalenessHinge,
  'inverse-rate': inverseRate,
  buffer,
  'clipped-gossip': clippedGossip,
  'trimmed-mean': trimmedMean,
  'coordinate-median': coordinateMedian,
  krum,
  'cosine-gate': cosineGated,
  'loss-gate': lossGated,
  strict,
}
