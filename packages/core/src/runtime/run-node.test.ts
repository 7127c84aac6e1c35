import { expect, test } from 'vitest'
import { codecs } from '../codec/codecs.ts'
import { seededRandom } from '../lib/random.ts'
import type { Examples, Transport, TransportEvent } from '../ports.ts'
import { Network } from '../sim/network.ts'
import { createPlainTrainer } from '../sim/plain-trainer.ts'
import { timedTrainer } from '../sim/timed-trainer.ts'
import { World } from '../sim/world.ts'
import { completeTask } from '../task/schema.ts'
import { taskIdOf } from '../task/task-id.ts'
import { encode } from '../wire/encode.ts'
import { framesOf } from '../wire/frame.ts'
import { type Message, protocolVersion } from '../wire/message.ts'
import { type RunningNode, runNode } from './run-node.ts'

const task = completeTask({
  version: 1,
  name: 'points',
  data: { kind: 'image', shape: [2, 2, 1], classes: ['a', 'b', 'c'] },
  model: { kind: 'mlp', hidden: [8] },
  training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 8 },
  gossip: { everySteps: 5, codec: 'float32' },
  seed: 1,
})

function points(count: number, seed: number): Examples {
  const random = seededRandom(seed)
  const labels = Uint8Array.from({ length: count }, () => Math.floor(3 * random.next()))
  const inputs = Float32Array.from({ length: 4 * count }, (_, i) => {
    const label = labels[i >> 2] ?? 0
    return (i & 3) === label ? 1 + random.next() : random.next() - 0.5
  })
  return { inputs, labels, shape: [2, 2, 1] }
}

interface Room {
  readonly world: World
  readonly network: Network
  readonly join: (id: string) => RunningNode
  /** A peer that does whatever a test makes it do. */
  readonly stranger: (id: string) => { readonly transport: Transport; readonly heard: TransportEvent[] }
}

function room(): Room {
  const world = new World()
  const network = new Network(world, seededRandom(1), { latencyMs: () => 5, lossShare: 0 })
  const line = { upBytesPerSecond: 1e7 }
  let seed = 1
  return {
    world,
    network,
    join: (id) => {
      const trainer = createPlainTrainer({ task, examples: points(200, seed), seed: seed++ })
      const ports = {
        transport: network.join(id, line),
        trainer: timedTrainer(trainer, world, 2),
        clock: world,
        random: seededRandom(seed),
      }
      return runNode(ports, { task, name: id })
    },
    stranger: (id) => {
      const transport = network.join(id, line)
      const heard: TransportEvent[] = []
      transport.listen((event) => heard.push(event))
      return { transport, heard }
    },
  }
}

const say = (transport: Transport, to: string, message: Message): void => {
  const lane = 'payload' in message ? 'bulk' : 'control'
  for (const frame of framesOf(encode(message), Math.floor(1e9 * Math.sin(transport.self.length)) >>> 0))
    transport.send(to, lane, frame)
}

const hello = (node: RunningNode): Message => ({
  type: 'hello',
  version: protocolVersion,
  taskId: taskIdOf(task),
  fingerprint: node.state().config.fingerprint,
  name: 'stranger',
  samples: 10,
  steps: 1,
})

/** One honest node in training, and a stranger that has said hello to it. */
function meet(): Room & {
  readonly node: RunningNode
  readonly transport: Transport
  readonly heard: TransportEvent[]
} {
  const stage = room()
  const node = stage.join('node')
  const { transport, heard } = stage.stranger('stranger')
  node.dispatch({ type: 'start' })
  transport.connect('node')
  stage.world.run(100)
  say(transport, 'node', hello(node))
  stage.world.run(200)
  expect(node.state().neighbours[0]?.state).toBe('connected')
  return { ...stage, node, transport, heard }
}

const size = 4 * 8 + 8 + 8 * 3 + 3
const ask = (payload: Uint8Array, id = 1): Message => ({
  type: 'ask',
  id,
  subject: 'own',
  codec: 'float32',
  steps: 10,
  samples: 10,
  payload,
})

test('a peer alone trains at once; two find one another and merge', () => {
  const { world, join } = room()
  const first = join('first')
  first.dispatch({ type: 'start' })
  world.run(500)
  expect(first.state().steps).toBeGreaterThan(100)
  const second = join('second')
  second.dispatch({ type: 'start' })
  world.run(20_000)
  for (const node of [first, second]) {
    expect(node.state().merges).toBeGreaterThan(50)
    expect(node.state().rejected.malformed).toBeUndefined()
  }
})

test('a node that has not trained says that it is busy', () => {
  const { world, join, stranger } = room()
  const node = join('node')
  const { transport, heard } = stranger('stranger')
  transport.connect('node')
  world.run(100)
  say(transport, 'node', hello(node))
  say(transport, 'node', ask(codecs.float32.encode(new Float32Array(size))))
  world.run(300)
  expect(node.state().merges).toBe(0)
  expect(heard.filter((event) => event.type === 'frame' && event.lane === 'bulk')).toEqual([])
})

test('weights that are not finite are dropped, counted, and cost the sender its standing; training goes on', () => {
  const { world, node, transport } = meet()
  const before = node.state().steps
  for (const id of [1, 2]) {
    say(transport, 'node', ask(new Uint8Array(new Float32Array(size).fill(Number.NaN).buffer), id))
    world.run(world.now() + 200)
  }
  const { rejected, neighbours, merges, steps } = node.state()
  expect(rejected['not-finite']).toBe(2)
  expect(neighbours).toEqual([])
  expect(merges).toBe(0)
  expect(steps).toBeGreaterThan(before + 50)
})

test('a wrong layout, a wrong task and an unknown message are refused by name', () => {
  const size1 = meet()
  say(size1.transport, 'node', ask(new Uint8Array(4 * size - 4)))
  size1.world.run(size1.world.now() + 200)
  expect(size1.node.state().rejected.size).toBe(1)

  const task1 = meet()
  say(task1.transport, 'node', { ...hello(task1.node), taskId: 'other' } as Message)
  task1.world.run(task1.world.now() + 200)
  expect(task1.node.state().rejected['wrong-task']).toBe(1)
  expect(task1.node.state().neighbours).toEqual([])

  const unknown = meet()
  for (const frame of framesOf(Uint8Array.of(99), 7)) unknown.transport.send('node', 'control', frame)
  unknown.world.run(unknown.world.now() + 200)
  expect(unknown.node.state().rejected['unknown-message']).toBe(1)
})

test('oversized and random frames are counted and the sender is barred; nobody else notices', () => {
  const { world, node, transport, join } = meet()
  const random = seededRandom(9)
  const friend = join('friend')
  friend.dispatch({ type: 'start' })
  world.run(world.now() + 7_000)
  for (let i = 0; i < 20; i++) {
    const bytes = Uint8Array.from({ length: 40 }, () => Math.floor(256 * random.next()))
    transport.send('node', 'control', bytes)
  }
  const [frame = new Uint8Array()] = framesOf(new Uint8Array(10_000_000), 3)
  transport.send('node', 'bulk', frame)
  world.run(world.now() + 500)
  expect(node.state().rejected.malformed).toBeGreaterThan(0)
  expect(node.state().neighbours.map(({ id }) => id)).toEqual(['friend'])
  const { merges } = node.state()
  transport.connect('node')
  world.run(world.now() + 5_000)
  expect(node.state().neighbours.map(({ id }) => id)).toEqual(['friend'])
  expect(node.state().merges).toBeGreaterThan(merges)
})

test('a served model that would harm is refused, though nobody is settling', () => {
  const { world, node, transport } = meet()
  const before = node.learner.served()
  const random = seededRandom(4)
  const noise = Float32Array.from({ length: size }, () => 40 * (random.next() - 0.5))
  const payload = codecs.float16.encode(noise)
  say(transport, 'node', {
    type: 'ask',
    id: 9,
    subject: 'served',
    codec: 'float16',
    steps: 1,
    samples: 200 * 256,
    payload,
  })
  world.run(world.now() + 200)
  expect(node.state().rejected.loss).toBe(1)
  expect(node.state().merges).toBe(0)
  expect(node.learner.served()).toEqual(before)
})

test('a replayed reply is late: dropped and counted', () => {
  const { world, node, transport } = meet()
  const weights = { subject: 'own', codec: 'float32', steps: 1, samples: 1 } as const
  const payload = codecs.float32.encode(new Float32Array(size))
  say(transport, 'node', { type: 'reply', id: 12_345, ...weights, payload })
  world.run(world.now() + 100)
  expect(node.state().rejected.late).toBe(1)
  expect(node.state().merges).toBe(0)
})

test('a silent neighbour is suspected within 4 s and dropped within 14 s', () => {
  const { world, node } = meet()
  world.run(world.now() + 4_300)
  expect(node.state().neighbours[0]?.state).toBe('suspect')
  world.run(world.now() + 10_000)
  expect(node.state().neighbours).toEqual([])
})

test('a paused node answers and keeps its weights; a node that left is silent', () => {
  const { world, join } = room()
  const first = join('first')
  const second = join('second')
  for (const node of [first, second]) node.dispatch({ type: 'start' })
  world.run(10_000)
  first.dispatch({ type: 'pause' })
  world.run(10_200)
  const { steps, merges } = first.state()
  const theirs = second.state().merges
  world.run(15_000)
  expect(first.state()).toMatchObject({ steps, merges, status: 'paused' })
  expect(second.state().merges).toBeGreaterThan(theirs)
  first.dispatch({ type: 'leave' })
  world.run(16_000)
  expect(first.state().status).toBe('left')
  expect(second.state().neighbours).toEqual([])
})

test('two nodes in one process share nothing', () => {
  const alone = (): number => {
    const { world, join } = room()
    const node = join('node')
    node.dispatch({ type: 'start' })
    world.run(1_000)
    return node.state().loss
  }
  const first = alone()
  expect(alone()).toBe(first)
})
