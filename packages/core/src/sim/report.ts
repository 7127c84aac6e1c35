import { vectorHash } from '../params/vector.ts'
import type { Evaluation } from '../ports.ts'
import { now } from './answer.ts'
import { meanOf } from './attack.ts'
import type { SimulatedPeer } from './peers.ts'
import type { PlainTrainer } from './plain-trainer.ts'
import type { PeerReport, Point, Report, Standing } from './scenario.ts'

/**
 * Where a run stands, by the judge's examples, the first `count` or all; peers that are offline for a while count with the
 * models they left with.
 */
export function pointOf(
  peers: readonly SimulatedPeer[],
  judge: PlainTrainer,
  count: number | undefined,
  seconds: number,
): Point {
  const reports = honestOnes(peers).flatMap((peer) => peerReport(peer, judge, count) ?? [])
  const served = reports.map(({ servedAccuracy }) => servedAccuracy)
  return {
    seconds,
    ownMean: mean(reports.map(({ ownAccuracy }) => ownAccuracy)),
    servedMean: mean(served),
    servedWorst: Math.min(...served),
    megabytesUp: mean(reports.map(({ bytesUp }) => bytesUp)) / 1e6,
  }
}

export function standingOf(peers: readonly SimulatedPeer[], judge: PlainTrainer): Standing {
  const replicas = honestOnes(peers).map(({ trainer }) => now(trainer.read()))
  return {
    peers: peers.flatMap((peer) => peerReport(peer, judge) ?? []),
    averageAccuracy: judge.evaluateOwn(meanOf(replicas)).accuracy,
  }
}

export function reportOf(
  peers: readonly SimulatedPeer[],
  judge: PlainTrainer,
  curve: readonly Point[],
  events: number,
): Report {
  const standing = standingOf(peers, judge)
  const models = peers.flatMap(({ trainer, node }) => [
    vectorHash(now(trainer.read())),
    node === undefined ? '' : vectorHash(now(node.learner.readServed())),
  ])
  return {
    ...standing,
    hash: [
      ...models,
      ...standing.peers.map(({ steps, merges, bytesUp }) => `${steps}/${merges}/${bytesUp}`),
    ].reduce(chained, `${events}`),
    events,
    curve,
  }
}

const honestOnes = (peers: readonly SimulatedPeer[]): readonly SimulatedPeer[] =>
  peers.filter(({ role }) => role === 'honest')

function peerReport(
  { id, role, trainer, node, labels, past }: SimulatedPeer,
  judge: PlainTrainer,
  count?: number,
): PeerReport | undefined {
  if (node === undefined) return undefined
  const { steps, merges, neighbours, rejected } = node.state()
  const { up, down } = node.meter.total()
  const own = judge.evaluateOwn(now(trainer.read()), count)
  const served = judge.evaluateOwn(now(node.learner.readServed()), count)
  return {
    peer: id,
    role,
    steps: past.steps + steps,
    merges: past.merges + merges,
    ownAccuracy: own.accuracy,
    servedAccuracy: served.accuracy,
    unseenAccuracy: unseenAccuracy(served, labels),
    bytesUp: past.bytesUp + up,
    bytesDown: past.bytesDown + down,
    neighbours: neighbours.length,
    rejected,
  }
}

/** Accuracy on the classes that make up less than 1 % of the labels; NaN where there are none. */
export function unseenAccuracy({ confusion }: Evaluation, labels: readonly number[]): number {
  const total = labels.reduce((sum, count) => sum + count, 0)
  let correct = 0
  let count = 0
  confusion.forEach((row, label) => {
    if ((labels[label] ?? 0) >= 0.01 * total) return
    correct += row[label] ?? 0
    count += row.reduce((sum, predicted) => sum + predicted, 0)
  })
  return correct / count
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** FNV-1a over both texts: order counts. */
function chained(hash: string, text: string): string {
  let state = 0x811c9dc5
  for (const part of [hash, '/', text])
    for (let i = 0; i < part.length; i++) state = Math.imul(state ^ part.charCodeAt(i), 0x01000193)
  return (state >>> 0).toString(16).padStart(8, '0')
}
