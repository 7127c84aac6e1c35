import { integer, normal, shuffle } from '../lib/random.ts'
import type { Examples, Random } from '../ports.ts'

/** How a simulated room deals its training examples out. */
export type PartitionKind =
  /** Every example to a peer at random. */
  | { readonly type: 'iid' }
  /**
   * The split of flwr-serverless (arXiv 2310.15329): classes are cut into as many runs of neighbours as there are
   * peers, the first ones longer by one; an example goes to its run's peer with probability `share`, otherwise to any
   * peer at random. With more peers than classes, class c belongs to every peer p with p mod classes = c.
   */
  | { readonly type: 'skew'; readonly share: number }
  /** Each class is dealt by proportions of its own, drawn from a symmetric Dirichlet distribution (arXiv 1909.06335). */
  | { readonly type: 'dirichlet'; readonly alpha: number }
  /**
   * The examples, sorted by label, are cut into `perPeer` equal shards for each peer, which are dealt out at random
   * (McMahan et al. 2017, arXiv 1602.05629): with 2, most peers know two classes, as users of LEAF know a few.
   */
  | { readonly type: 'shards'; readonly perPeer: number }
  /** Labels are mixed, but peer i holds a share in proportion to (i + 1)^-exponent: a few hold nearly everything. */
  | { readonly type: 'quantity'; readonly exponent: number }

/** Row numbers of each peer, in ascending order: every row is dealt exactly once; a peer may get none. */
export function partition(
  labels: Examples['labels'],
  classes: number,
  peers: number,
  kind: PartitionKind,
  random: Random,
): Int32Array[] {
  const choose = chooser(kind, labels, classes, peers, random)
  const hands: number[][] = Array.from({ length: peers }, () => [])
  for (let row = 0; row < labels.length; row++) hands[choose(labels[row] ?? 0, row)]?.push(row)
  return hands.map((rows) => Int32Array.from(rows))
}

function chooser(
  kind: PartitionKind,
  labels: Examples['labels'],
  classes: number,
  peers: number,
  random: Random,
): (label: number, row: number) => number {
  switch (kind.type) {
    case 'iid':
      return () => integer(random, peers)
    case 'skew': {
      const owners = Array.from({ length: classes }, (_, label) => ownersOf(label, classes, peers))
      return (label) => {
        const own = owners[label] ?? []
        return random.next() < kind.share ? (own[integer(random, own.length)] ?? 0) : integer(random, peers)
      }
    }
    case 'dirichlet': {
      const draws = Array.from({ length: classes }, () =>
        byShares(dirichlet(peers, kind.alpha, random), random),
      )
      return (label) => draws[label]?.() ?? 0
    }
    case 'shards': {
      const owners = shardOwners(labels, peers, kind.perPeer, random)
      return (_, row) => owners[row] ?? 0
    }
    case 'quantity': {
      const weights = Array.from({ length: peers }, (_, peer) => (peer + 1) ** -kind.exponent)
      const sum = weights.reduce((total, weight) => total + weight, 0)
      return byShares(
        weights.map((weight) => weight / sum),
        random,
      )
    }
  }
}

/** Draws indices in proportion to shares that add up to 1. */
function byShares(shares: readonly number[], random: Random): () => number {
  const bounds = cumulated(shares)
  return () => {
    const drawn = random.next()
    const index = bounds.findIndex((bound) => drawn < bound)
    return index < 0 ? shares.length - 1 : index
  }
}

/** The peer of each row. */
function shardOwners(labels: Examples['labels'], peers: number, perPeer: number, random: Random): Int32Array {
  const rows = Int32Array.from({ length: labels.length }, (_, row) => row)
  rows.sort((a, b) => (labels[a] ?? 0) - (labels[b] ?? 0) || a - b)
  const shards = peers * perPeer
  const order = shuffle(
    Array.from({ length: shards }, (_, shard) => shard % peers),
    random,
  )
  const owners = new Int32Array(rows.length)
  rows.forEach((row, i) => {
    owners[row] = order[Math.floor((i * shards) / rows.length)] ?? 0
  })
  return owners
}

/** The peers to which a class belongs. */
export function ownersOf(label: number, classes: number, peers: number): readonly number[] {
  const all = Array.from({ length: peers }, (_, peer) => peer)
  if (peers > classes) return all.filter((peer) => peer % classes === label)
  const length = Math.floor(classes / peers)
  const longer = classes % peers
  const inLonger = longer * (length + 1)
  return label < inLonger
    ? [Math.floor(label / (length + 1))]
    : [longer + Math.floor((label - inLonger) / length)]
}

function cumulated(shares: readonly number[]): readonly number[] {
  let sum = 0
  return shares.map((share) => {
    sum += share
    return sum
  })
}

/** One draw: `size` numbers that add up to 1, as gamma variates over their sum. */
function dirichlet(size: number, alpha: number, random: Random): readonly number[] {
  const logs = Array.from({ length: size }, () => logGamma(alpha, random))
  const largest = Math.max(...logs)
  const weights = logs.map((log) => Math.exp(log - largest))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/**
 * The logarithm of a gamma variate of scale 1 (Marsaglia and Tsang 2000). Shapes below 1 are drawn one higher and
 * multiplied by u^(1/shape): the logarithm keeps what would be too small for a number.
 */
function logGamma(shape: number, random: Random): number {
  if (shape < 1) return logGamma(shape + 1, random) + Math.log(1 - random.next()) / shape
  const d = shape - 1 / 3
  for (;;) {
    const x = normal(random)
    const v = (1 + x / Math.sqrt(9 * d)) ** 3
    if (v > 0 && Math.log(1 - random.next()) < (x * x) / 2 + d - d * v + d * Math.log(v))
      return Math.log(d * v)
  }
}
