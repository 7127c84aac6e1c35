import { assert, expect, test } from 'vitest'
import { normal, seededRandom } from '../lib/random.ts'
import { distance, norm } from '../params/vector.ts'
import type { Examples, Random } from '../ports.ts'
import { runNode } from '../runtime/run-node.ts'
import { completeTask } from '../task/schema.ts'
import { now } from './answer.ts'
import { meanOf } from './attack.ts'
import { Network } from './network.ts'
import { createPlainTrainer, type PlainTrainer } from './plain-trainer.ts'
import { World } from './world.ts'

const room = completeTask({
  version: 1,
  name: 'settling',
  data: { kind: 'image', shape: [4, 4, 1], classes: ['a', 'b'] },
  model: { kind: 'mlp', hidden: [16] },
  training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 8 },
  seed: 1,
})

interface Learned {
  readonly trainer: PlainTrainer
  /** The model that it served when training ended. */
  readonly served: Float32Array
}

/** Peers of one room that settle at the same moment; when they are done. */
function settle<Peer extends Learned>(peers: readonly Peer[], seed: number, task = room) {
  const world = new World()
  const network = new Network(world, seededRandom(seed), { latencyMs: () => 30, lossShare: 0 })
  const settling = peers.map((peer, i) => {
    const name = `peer-${i}`
    const ports = {
      transport: network.join(name, { upBytesPerSecond: 1e5 }),
      trainer: peer.trainer,
      clock: world,
      random: seededRandom(seed + i),
    }
    const resumed = { steps: 500, merges: 9, served: peer.served }
    return { ...peer, node: runNode(ports, { task, name, resumed }) }
  })
  world.run(5_000)
  for (const { node } of settling) node.dispatch({ type: 'settle' })
  world.run(25_000)
  return settling
}

/** Peers with so many examples each, and with a model near a common one. */
function settleNear(
  counts: readonly number[],
  seed: number,
  settleBy: 'examples' | 'loss' = 'examples',
  loudness = 0.05,
) {
  const task = { ...room, gossip: { ...room.gossip, settleBy } }
  const random = seededRandom(seed)
  const peers = counts.map((count, i) => {
    const labels = Uint8Array.from({ length: count }, (_, row) => row % 2)
    const trainer = createPlainTrainer({ task, examples: examplesOf(labels, random), seed: i })
    const spread = i === 1 ? loudness : 0.05
    const served = now(trainer.read()).map((x) => x + spread * normal(random))
    return { trainer, served, count }
  })
  return settle(peers, seed, task)
}

const examplesOf = (labels: Uint8Array, random: Random): Examples => ({
  inputs: Float32Array.from({ length: 16 * labels.length }, () => normal(random)),
  labels,
  shape: [4, 4, 1],
})

test.each([1, 2, 3])('one peer with ten times the data counts ten times (seed %i)', (seed) => {
  const peers = settleNear([60, 600, 60, 60, 60, 60], seed)
  const plain = meanOf(peers.map(({ served }) => served))
  const weighted = meanOf(peers.flatMap(({ served, count }) => Array(count / 60).fill(served)))
  const apart = distance(plain, weighted)
  expect(apart).toBeGreaterThan(0.1)
  for (const { node, trainer } of peers) {
    expect(node.state().status).toBe('paused')
    const model = now(trainer.read())
    expect(distance(model, weighted)).toBeLessThan(0.25 * apart)
    expect(distance(model, weighted) / norm(weighted)).toBeLessThan(0.02)
  }
})

test('by loss, a model that is worse counts for less', () => {
  const counts = [60, 60, 60, 60]
  const apart = (settleBy: 'examples' | 'loss'): number => {
    const peers = settleNear(counts, 4, settleBy, 0.5)
    const good = meanOf(peers.filter((_, i) => i !== 1).map(({ served }) => served))
    const settled = peers.map(({ trainer }) => distance(now(trainer.read()), good))
    return settled.reduce((sum, x) => sum + x, 0) / settled.length
  }
  expect(apart('loss')).toBeLessThan(0.9 * apart('examples'))
})

test("two peers that each like the other's model better meet: they do not swap models", () => {
  const random = seededRandom(1)
  const trainers = [0, 1].map((label) =>
    createPlainTrainer({ task: room, examples: examplesOf(new Uint8Array(60).fill(label), random), seed: 1 }),
  )
  const [first, second] = trainers.map((trainer) => now(trainer.train(30).then(() => trainer.read())))
  assert(first !== undefined && second !== undefined)
  const apart = distance(first, second)
  expect(apart / norm(first)).toBeGreaterThan(0.05)

  const peers = settle(
    trainers.map((trainer, i) => ({ trainer, served: i === 0 ? second : first })),
    1,
  )
  const [a, b] = peers.map(({ trainer }) => now(trainer.read()))
  assert(a !== undefined && b !== undefined)
  expect(distance(a, b) / norm(a)).toBeLessThan(0.01)
})
