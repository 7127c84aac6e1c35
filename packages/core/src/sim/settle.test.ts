import { expect, test } from 'vitest'
import { normal, seededRandom } from '../lib/random.ts'
import { distance, norm } from '../params/vector.ts'
import { runNode } from '../runtime/run-node.ts'
import { completeTask } from '../task/schema.ts'
import { now } from './answer.ts'
import { meanOf } from './attack.ts'
import { Network } from './network.ts'
import { createPlainTrainer } from './plain-trainer.ts'
import { World } from './world.ts'

const room = completeTask({
  version: 1,
  name: 'settling',
  data: { kind: 'image', shape: [4, 4, 1], classes: ['a', 'b'] },
  model: { kind: 'mlp', hidden: [16] },
  training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 8 },
  seed: 1,
})

/** Peers that did all their training earlier, each with a model near a common one and so many examples; after settling. */
function settle(
  counts: readonly number[],
  seed: number,
  settleBy: 'examples' | 'loss' = 'examples',
  loudness = 0.05,
) {
  const task = { ...room, gossip: { ...room.gossip, settleBy } }
  const world = new World()
  const network = new Network(world, seededRandom(seed), { latencyMs: () => 30, lossShare: 0 })
  const random = seededRandom(seed)
  const peers = counts.map((count, i) => {
    const labels = Uint8Array.from({ length: count }, (_, row) => row % 2)
    const inputs = Float32Array.from({ length: 16 * count }, () => normal(random))
    const trainer = createPlainTrainer({ task, examples: { inputs, labels, shape: [4, 4, 1] }, seed: i })
    const spread = i === 1 ? loudness : 0.05
    const served = now(trainer.read()).map((x) => x + spread * normal(random))
    const ports = {
      transport: network.join(`peer-${i}`, { upBytesPerSecond: 1e5 }),
      trainer,
      clock: world,
      random: seededRandom(seed + i),
    }
    const node = runNode(ports, { task, name: `peer-${i}`, resumed: { steps: 500, merges: 9, served } })
    return { node, trainer, served, count }
  })
  world.run(5_000)
  for (const { node } of peers) node.dispatch({ type: 'settle' })
  world.run(25_000)
  return peers
}

test.each([1, 2, 3])('one peer with ten times the data counts ten times (seed %i)', (seed) => {
  const peers = settle([60, 600, 60, 60, 60, 60], seed)
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
    const peers = settle(counts, 4, settleBy, 0.5)
    const good = meanOf(peers.filter((_, i) => i !== 1).map(({ served }) => served))
    const settled = peers.map(({ trainer }) => distance(now(trainer.read()), good))
    return settled.reduce((sum, x) => sum + x, 0) / settled.length
  }
  expect(apart('loss')).toBeLessThan(0.9 * apart('examples'))
})
