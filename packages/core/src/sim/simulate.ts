import { derivedSeed, seededRandom, shuffle } from '../lib/random.ts'
import type { Examples, PeerId } from '../ports.ts'
import { type NodeOptions, type RunningNode, runNode } from '../runtime/run-node.ts'
import { initialParameters } from '../task/models.ts'
import { completeTask } from '../task/schema.ts'
import { now } from './answer.ts'
import { pairLatency } from './latency.ts'
import { Network } from './network.ts'
import { createPeers, drawn, type SimulatedPeer } from './peers.ts'
import { createPlainTrainer } from './plain-trainer.ts'
import { pointOf, reportOf, standingOf } from './report.ts'
import type { Point, Report, Scenario } from './scenario.ts'
import { checkedScenario } from './scenario-schema.ts'
import { sparseDataset } from './sparse.ts'
import { timedTrainer } from './timed-trainer.ts'
import { topology } from './topology.ts'
import { World } from './world.ts'

const longestSettlingSeconds = 15

/**
 * Runs a whole room in virtual time, on the node code that runs in tabs. Synchronous; deterministic in its seed.
 * Throws TypeError, naming the field, for a scenario with a mistake.
 */
export function simulate(given: Scenario, data: { train: Examples; test: Examples }): Report {
  const scenario = checkedScenario(given)
  const task = completeTask(scenario.task)
  const { seed = 1, seconds = 30, latencyMs = 50, lossShare = 0, churn, late, killed } = scenario
  const world = new World()
  const random = seededRandom(derivedSeed(seed, 'world'))
  const network = new Network(world, seededRandom(derivedSeed(seed, 'network')), {
    latencyMs: pairLatency(latencyMs, random),
    lossShare,
    mayLink: mayLink(scenario),
  })
  const peers = createPeers(scenario, task, data.train)
  const judge = createPlainTrainer({ task, dataset: sparseDataset(data.test), seed })

  const goOnline = (peer: SimulatedPeer): void => {
    if (peer.role === 'killed') return
    const transport = network.join(peer.id, peer)
    const trainer = timedTrainer(peer.trainer, world, peer.stepMs)
    const lifeRandom = seededRandom(derivedSeed(seed, `${peer.id}/${peer.lives++}`))
    const resumed = resume(peer)
    const ports = { transport, trainer, clock: world, random: lifeRandom }
    peer.node = runNode(ports, { task, name: peer.id, ...(resumed === undefined ? {} : { resumed }) })
    peer.node.dispatch({ type: 'start' })
    if (churn !== undefined)
      world.after(1_000 * exponential(random.next(), churn.onlineSeconds), () => goOffline(peer))
  }

  /** What is left of an earlier life, or a beginning like everyone's. */
  const resume = ({ node, past, trainer }: SimulatedPeer): NodeOptions['resumed'] => {
    if (node === undefined) return undefined
    const { steps, merges } = node.state()
    if (churn?.comeBack !== 'pull') return { steps, merges, served: node.learner.served() }
    past.steps += steps
    past.merges += merges
    now(trainer.write(initialParameters(trainer.layout, task.seed)))
    return undefined
  }

  const stop = (peer: SimulatedPeer, node: RunningNode): void => {
    node.stop()
    network.crash(peer.id)
  }

  const goOffline = (peer: SimulatedPeer): void => {
    if (peer.node === undefined || churn === undefined || peer.role === 'killed') return
    const { up, down } = peer.node.meter.total()
    stop(peer, peer.node)
    world.after(1_000 * exponential(random.next(), churn.offlineSeconds), () => {
      peer.past.bytesUp += up
      peer.past.bytesDown += down
      goOnline(peer)
    })
  }

  peers.forEach((peer, i) => {
    const isLate = late !== undefined && i >= peers.length - late.count
    world.after(isLate ? 1_000 * late.atSeconds : 100 * random.next(), () => goOnline(peer))
  })
  if (killed !== undefined)
    world.after(1_000 * killed.atSeconds, () => {
      const numbers = peers.filter(({ role, node }) => role === 'honest' && node !== undefined)
      const all = numbers.map(({ number }) => number)
      const doomed = new Set(drawn(scenario, 'killed', killed.count, all, new Set()))
      for (const peer of numbers) {
        if (!doomed.has(peer.number) || peer.node === undefined) continue
        peer.role = 'killed'
        stop(peer, peer.node)
      }
    })
  for (const { fromSeconds, toSeconds } of scenario.partitions ?? []) {
    const halves = new Map(shuffle([...peers], random).map(({ id }, i) => [id, i % 2]))
    world.after(1_000 * fromSeconds, () => network.split(halves))
    world.after(1_000 * toSeconds, () => network.heal())
  }

  const curve: Point[] = []
  const look = (): void => {
    curve.push(pointOf(peers, judge, scenario.curveExamples, world.now() / 1_000))
  }
  const every = scenario.evaluateEverySeconds ?? seconds
  for (let at = every; at < seconds + every / 2; at += every) {
    world.run(1_000 * Math.min(at, seconds))
    look()
  }
  world.run(1_000 * seconds)
  if (scenario.settle !== true) return reportOf(peers, judge, curve, world.events)
  const beforeSettling = standingOf(peers, judge)
  for (const { node } of peers) node?.dispatch({ type: 'settle' })
  world.run(1_000 * (seconds + longestSettlingSeconds))
  look()
  return { ...reportOf(peers, judge, curve, world.events), beforeSettling }
}

function mayLink({ topology: kind = { type: 'overlay' }, peers = 8, seed = 1 }: Scenario) {
  const graph = topology(kind, peers, seededRandom(derivedSeed(seed, 'topology')))
  const ids = Array.from({ length: peers }, (_, i) => `peer-${i}`)
  const allowed = new Map(
    graph?.map((others, i) => [`peer-${i}`, new Set([...others].map((other) => ids[other] ?? ''))]),
  )
  return (a: PeerId, b: PeerId): boolean => graph === undefined || allowed.get(a)?.has(b) === true
}

const exponential = (uniform: number, mean: number): number => -mean * Math.log(1 - uniform)
