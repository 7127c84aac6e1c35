import {
  type Examples,
  type GossipSpec,
  initialParameters,
  modelLayout,
  type Random,
  type Trainer,
} from '@gossamer/core'
import {
  type RunningNode,
  runNode,
  seededRandom,
  timedTrainer,
  Network as Wires,
  World,
} from '@gossamer/core/sim'
import { limitedTrainer } from './limited-trainer.ts'
import { createNetwork } from './network.ts'
import type { Rule } from './rule.ts'
import { classes } from './shapes.ts'
import { splitBySkew } from './split.ts'
import { publishedTask } from './task.ts'
import { createTrainer } from './trainer.ts'

/** One run: so many peers with so much label skew, each of which takes `totalSteps` steps. */
export interface RoomConfig {
  readonly peers: number
  readonly skew: number
  readonly seed: number
  readonly rule: Rule
  readonly gossip: Partial<GossipSpec>
  /** The first exchange comes after exactly `everySteps` steps, and the last one after the last step, as published. */
  readonly wholeEpochs: boolean
  /** At the end every peer settles. */
  readonly settle: boolean
}

export interface RoomResult {
  /** Accuracy of the model that each peer ends with and serves. */
  readonly served: readonly number[]
  /** Of the replicas that train, when training ended. */
  readonly own: readonly number[]
  /** Served before settling; the same as `served` where there is none. */
  readonly beforeSettling: readonly number[]
  readonly megabytesUp: number
  readonly steps: readonly number[]
  readonly merges: readonly number[]
  readonly rejected: Readonly<Record<string, number>>
}

const stepMs = 10
/** Steps of single peers take up to that much more or less time. */
const jitter = 0.01
const latencyMs = 20
const upBytesPerSecond = 1.25e6
const startMs = 3_000
const settlingMs = 15_000

/** Runs a room in virtual time on the node code that runs in tabs. Synchronous; deterministic in its seed. */
export function runRoom(config: RoomConfig, train: Examples, test: Examples): RoomResult {
  const { peers, skew, seed, rule, settle, wholeEpochs } = config
  const task = publishedTask(config.gossip, seed)
  const layout = modelLayout(task)
  const initial = initialParameters(layout, seed)
  const network = createNetwork()
  const world = new World()
  const random = seededRandom(1_000 * seed)
  const wires = new Wires(world, seededRandom(1_000 * seed + 1), { latencyMs: () => latencyMs, lossShare: 0 })
  const parts = splitBySkew(train.labels, classes, peers, skew, random)

  const room = parts.map((rows, i) => {
    const trainer = createTrainer({
      network,
      layout,
      initial,
      data: train,
      rows,
      rule,
      seed: 1_000_000 * seed + 1_000 * i,
    })
    const progress = { done: false }
    const timed = timedTrainer(trainer, world, stepMs * (1 + jitter * (2 * random.next() - 1)))
    const limited = limitedTrainer(timed, (wantsMore) => {
      if (wholeEpochs && !wantsMore) return
      progress.done = true
      if (!wholeEpochs) node.dispatch({ type: 'pause' })
    })
    const transport = wires.join(`peer-${i}`, { upBytesPerSecond })
    const own = seededRandom(1_000 * seed + 100 + i)
    const node: RunningNode = runNode(
      { transport, trainer: limited, clock: world, random: wholeEpochs ? zeroFirst(own) : own },
      { task, name: `peer-${i}` },
    )
    return { trainer, node, progress }
  })
  world.run(startMs)
  for (const { node } of room) node.dispatch({ type: 'start' })
  while (room.some(({ progress }) => !progress.done)) world.run(world.now() + 1_000)
  // What is on its way arrives.
  world.run(world.now() + 1_000)

  const judged: { readonly params: Float32Array; readonly accuracy: number }[] = []
  const accuracyOf = (trainer: Trainer, params: Float32Array): number => {
    const known = judged.find((other) => equal(other.params, params))
    if (known !== undefined) return known.accuracy
    const { accuracy } = now(trainer.evaluate(test, params))
    judged.push({ params: params.slice(), accuracy })
    return accuracy
  }
  const accuracies = (paramsOf: (peer: (typeof room)[number]) => Float32Array) =>
    room.map((peer) => accuracyOf(peer.trainer, paramsOf(peer)))
  const servedOf = ({ node, trainer }: (typeof room)[number]) => node.learner.served() ?? now(trainer.read())
  const own = accuracies(({ trainer }) => now(trainer.read()))
  const beforeSettling = accuracies(servedOf)
  if (settle) {
    for (const { node } of room) node.dispatch({ type: 'settle' })
    world.run(world.now() + settlingMs)
  }
  const rejected: Record<string, number> = {}
  for (const { node } of room)
    for (const [reason, count] of Object.entries(node.state().rejected))
      rejected[reason] = (rejected[reason] ?? 0) + count
  return {
    served: settle ? accuracies(servedOf) : beforeSettling,
    own,
    beforeSettling,
    megabytesUp: mean(room.map(({ node }) => node.meter.total().up)) / 1e6,
    steps: room.map(({ node }) => node.state().steps),
    merges: room.map(({ node }) => node.state().merges),
    rejected,
  }
}

/** The node draws the phase of its first exchange first of all: 0, so that it comes after a whole interval. */
function zeroFirst(random: Random): Random {
  let drawn = false
  return {
    next: () => {
      if (drawn) return random.next()
      drawn = true
      return 0
    },
  }
}

const equal = (a: Float32Array, b: Float32Array): boolean => a.every((value, i) => value === b[i])

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** What a trainer of this room answers is there at once. */
function now<T>(answer: PromiseLike<T>): T {
  const values: T[] = []
  answer.then((value) => values.push(value))
  for (const value of values) return value
  throw new Error('A simulated trainer must answer at once.')
}
