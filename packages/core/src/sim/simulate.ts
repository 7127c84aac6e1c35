import { derivedSeed, seededRandom, shuffle } from '../lib/random.ts'
import type { Examples } from '../ports.ts'
import { type NodeOptions, type RunningNode, runNode } from '../runtime/run-node.ts'
import { completeTask } from '../task/schema.ts'
import { pairLatency } from './latency.ts'
import { Network } from './network.ts'
import { createPeers, type SimulatedPeer } from './peers.ts'
import { createPlainTrainer } from './plain-trainer.ts'
import { pointOf, reportOf } from './report.ts'
import type { Point, Report, Scenario } from './scenario.ts'
import { sparseDataset } from './sparse.ts'
import { timedTrainer } from './timed-trainer.ts'
import { World } from './world.ts'

/** Runs a whole room in virtual time, on the node code that runs in tabs. Synchronous; deterministic in its seed. */
export function simulate(scenario: Scenario, data: { train: Examples; test: Examples }): Report {
  const task = completeTask(scenario.task)
  const { seed = 1, seconds = 30, latencyMs = 50, lossShare = 0, churn, late } = scenario
  const world = new World()
  const random = seededRandom(derivedSeed(seed, 'world'))
  const network = new Network(world, seededRandom(derivedSeed(seed, 'network')), {
    latencyMs: pairLatency(latencyMs, random),
    lossShare,
  })
  const peers = createPeers(scenario, task, data.train)
  const testData = sparseDataset(data.test)
  const judge = createPlainTrainer({ task, dataset: testData, seed })

  const goOnline = (peer: SimulatedPeer): void => {
    const transport = network.join(peer.id, peer)
    const trainer = timedTrainer(peer.trainer, world, peer.stepMs)
    const lifeRandom = seededRandom(derivedSeed(seed, `${peer.id}/${peer.lives++}`))
    const previous = peer.node
    const resumed = previous === undefined ? {} : { resumed: whatIsLeftOf(previous) }
    const ports = { transport, trainer, clock: world, random: lifeRandom }
    peer.node = runNode(ports, { task, name: peer.id, ...resumed })
    peer.node.dispatch({ type: 'start' })
    if (churn !== undefined)
      world.after(1_000 * exponential(random.next(), churn.onlineSeconds), () => goOffline(peer))
  }

  const goOffline = (peer: SimulatedPeer): void => {
    if (peer.node === undefined || churn === undefined) return
    const { up, down } = peer.node.meter.total()
    peer.past.bytesUp += up
    peer.past.bytesDown += down
    peer.node.stop()
    network.crash(peer.id)
    world.after(1_000 * exponential(random.next(), churn.offlineSeconds), () => goOnline(peer))
  }

  peers.forEach((peer, i) => {
    const isLate = late !== undefined && i >= peers.length - late.count
    world.after(isLate ? 1_000 * late.atSeconds : 100 * random.next(), () => goOnline(peer))
  })
  for (const { fromSeconds, toSeconds } of scenario.partitions ?? []) {
    const halves = new Map(shuffle([...peers], random).map(({ id }, i) => [id, i % 2]))
    world.after(1_000 * fromSeconds, () => network.split(halves))
    world.after(1_000 * toSeconds, () => network.heal())
  }

  const curve: Point[] = []
  const every = scenario.evaluateEverySeconds ?? seconds
  for (let at = every; at < seconds + every / 2; at += every) {
    world.run(1_000 * Math.min(at, seconds))
    curve.push(pointOf(peers, judge, data.test, world.now() / 1_000))
  }
  if (scenario.settle === true) {
    for (const { node } of peers) node?.dispatch({ type: 'settle' })
    world.run(1_000 * (seconds + 15))
    curve.push(pointOf(peers, judge, data.test, world.now() / 1_000))
  }
  return reportOf(peers, judge, data.test, curve, world.events)
}

const exponential = (uniform: number, mean: number): number => -mean * Math.log(1 - uniform)

function whatIsLeftOf(node: RunningNode): NonNullable<NodeOptions['resumed']> {
  const { steps, merges } = node.state()
  return { steps, merges, served: node.learner.served() }
}
