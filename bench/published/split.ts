import type { Examples, Random } from '@gossamer/core'

/**
 * The published split: classes are cut into as many runs of neighbours as there are peers, the first ones longer by one;
 * an example goes to its run's peer with probability `skew`, otherwise to any peer by lot. Row numbers of each peer.
 */
export function splitBySkew(
  labels: Examples['labels'],
  classes: number,
  peers: number,
  skew: number,
  random: Random,
): readonly Int32Array[] {
  const hands: number[][] = Array.from({ length: peers }, () => [])
  for (let row = 0; row < labels.length; row++) {
    const owner = ownerOf(labels[row] ?? 0, classes, peers)
    const peer = random.next() < skew ? owner : Math.floor(random.next() * peers)
    hands[peer]?.push(row)
  }
  return hands.map((rows) => Int32Array.from(rows))
}

function ownerOf(label: number, classes: number, peers: number): number {
  const length = Math.floor(classes / peers)
  const longer = classes % peers
  const inLonger = longer * (length + 1)
  return label < inLonger
    ? Math.floor(label / (length + 1))
    : longer + Math.floor((label - inLonger) / length)
}
