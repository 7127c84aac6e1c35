import { parseArgs } from 'node:util'
import { completeTask, initialParameters, modelLayout, type Trainer } from '@gossamer/core'
import { Network, pairLatency, runNode, seededRandom, settled, timedTrainer, World } from '@gossamer/core/sim'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    peers: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '20' },
  },
})

const task = completeTask({
  version: 1,
  name: 'nothing',
  data: { kind: 'image', shape: [4, 4, 1], classes: ['a', 'b'] },
  model: { kind: 'mlp', hidden: [] },
  training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 1 },
  gossip: { everySteps: 20 },
  seed: 1,
})

/** A trainer that does no arithmetic on examples: what remains is the protocol. */
function idleTrainer(): Trainer {
  const layout = modelLayout(task)
  let params = initialParameters(layout, task.seed)
  const evaluation = { loss: 0, accuracy: 0, perClass: [], confusion: [], count: 0 }
  return {
    layout,
    samples: 1,
    train: (steps) => settled({ steps, samples: steps, loss: 0 }),
    read: () => settled(params.slice()),
    write: (next) => {
      params = next.slice()
      return settled(undefined)
    },
    add: (delta) => {
      params = params.map((value, i) => value + (delta[i] ?? 0))
      return settled(undefined)
    },
    probe: () => settled(0),
    evaluate: () => settled(evaluation),
    predict: () => settled(new Float32Array()),
    dispose: () => {},
  }
}

/** `gossips`: peers take (empty) steps and exchange weights; otherwise they only keep their links alive. */
function run(
  peers: number,
  seconds: number,
  gossips: boolean,
): { readonly events: number; readonly eventsPerSecond: number } {
  const world = new World()
  const network = new Network(world, seededRandom(1), {
    latencyMs: pairLatency(50, seededRandom(2)),
    lossShare: 0,
  })
  for (let i = 0; i < peers; i++) {
    const trainer = timedTrainer(idleTrainer(), world, 10)
    const transport = network.join(`peer-${i}`, { upBytesPerSecond: 625_000 })
    const node = runNode({ transport, trainer, clock: world, random: seededRandom(i) }, { task, name: '' })
    if (gossips) node.dispatch({ type: 'start' })
  }
  const before = process.cpuUsage()
  world.run(1_000 * seconds)
  const { user, system } = process.cpuUsage(before)
  // Processor time, not wall time: what else the machine does is not the simulator's doing.
  return { events: world.events, eventsPerSecond: (1e6 * world.events) / (user + system) }
}

run(50, 2, true)
const peers = Number(values.peers)
for (const [name, gossips] of [
  ['links', false],
  ['gossip', true],
] as const) {
  const { events, eventsPerSecond } = run(peers, Number(values.seconds), gossips)
  const value = Math.round(eventsPerSecond)
  if (values.json)
    console.log(
      JSON.stringify({
        bench: 'simulator',
        case: `${name}/${peers}`,
        metric: 'events-per-second',
        value,
        unit: '1/s',
        goal: 100_000,
        met: value >= 100_000,
      }),
    )
  else console.log(`${name}: ${events} events of ${peers} peers, ${value} a second (goal 100,000)`)
}
