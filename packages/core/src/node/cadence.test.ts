import { expect, test } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import { completeTask } from '../task/schema.ts'
import type { GossipSpec } from '../task/task.ts'
import { type Message, protocolVersion } from '../wire/message.ts'
import { cadence } from './cadence.ts'
import type { NodeEvent } from './event.ts'
import { initialState, type NodeState } from './state.ts'
import { step } from './step.ts'

/** A node that trains. */
function trainee(gossip: Partial<GossipSpec>) {
  const task = completeTask({
    version: 1,
    name: 'points',
    data: { kind: 'image', shape: [2, 2, 1], classes: ['a', 'b'] },
    model: { kind: 'mlp', hidden: [] },
    training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 8 },
    gossip,
    seed: 1,
  })
  const config = {
    self: 'me',
    name: 'me',
    taskId: 'task',
    fingerprint: 'layout',
    samples: 10,
    gossip: task.gossip,
    talk: { type: 'pair' },
    exchangeBytes: 100,
    sliceMs: 20,
  } as const
  const random = seededRandom(1)
  let state = { ...initialState(config, random), status: 'training' as NodeState['status'] }
  return {
    config,
    state: () => state,
    /** Answers with the messages that it sends. */
    tell: (event: NodeEvent, nowMs: number): readonly Message['type'][] => {
      const [next, effects] = step(state, event, { nowMs, uplinkIdle: true }, random)
      state = next
      return effects.flatMap((effect) => (effect.type === 'send' ? [effect.message.type] : []))
    },
  }
}

/** A node whose steps take so long, after ten seconds with neighbours that say how many steps they made in them. */
function after(gossip: Partial<GossipSpec>, stepMs: number, theirs: readonly number[]): NodeState {
  const { config, tell, state } = trainee(gossip)
  theirs.forEach((_, i) => {
    const from = `peer ${i}`
    const { taskId, fingerprint, samples } = config
    const hello = { type: 'hello', version: protocolVersion, taskId, fingerprint, samples } as const
    tell({ type: 'up', peer: from }, 0)
    // What they did before we met says nothing about their speed.
    tell({ type: 'message', from, message: { ...hello, name: from, steps: 7_000 } }, 0)
  })
  tell({ type: 'trained', steps: 10, samples: 80, loss: 1, tookMs: 10 * stepMs }, 0)
  theirs.forEach((steps, i) => {
    const message = { type: i % 2 ? 'ping' : 'pong', stamp: 9_990, steps: 7_000 + steps } as const
    tell({ type: 'message', from: `peer ${i}`, message }, 10_000)
  })
  return state()
}

test('by steps, everyone makes as many between exchanges', () => {
  expect(cadence(after({ everySteps: 50 }, 10, [1_000, 200]))).toBe(50)
})

test('by time, the fastest around makes all of them and others as many as they have time for', () => {
  const gossip = { everySteps: 50, pace: 'time' } as const
  expect(cadence(after(gossip, 10, [1_000, 200]))).toBe(50)
  expect(cadence(after(gossip, 5, [1_000, 200]))).toBe(50)
  expect(cadence(after(gossip, 20, [1_000, 200]))).toBe(25)
  expect(cadence(after(gossip, 50, [200, 1_000]))).toBe(10)
  expect(cadence(after(gossip, 50, []))).toBe(50)
  expect(cadence(after(gossip, 50, [0]))).toBe(50)
})

test('who claims any speed does not make others exchange more than ten times as often', () => {
  const gossip = { everySteps: 50, pace: 'time' } as const
  expect(cadence(after(gossip, 10, [1e12]))).toBe(5)
  expect(cadence(after({ ...gossip, everySteps: 3 }, 10, [1e12]))).toBe(1)
})

test.each([
  { stepMs: 10, weightsMs: 0, steps: 2 },
  { stepMs: 10, weightsMs: 2, steps: 30 },
  { stepMs: 100, weightsMs: 150, steps: 60 },
  { stepMs: 10, weightsMs: 20, steps: 60 },
  { stepMs: 2, weightsMs: 5, steps: 150 },
  { stepMs: 0.5, weightsMs: 1, steps: 300 },
])(
  'with auto, steps of $stepMs ms and weights of $weightsMs ms: every $steps',
  ({ stepMs, weightsMs, steps }) => {
    const { tell, state } = trainee({ everySteps: 'auto' })
    expect(cadence(state())).toBe(10)
    tell({ type: 'trained', steps: 10, samples: 80, loss: 1, tookMs: 10 * stepMs }, 0)
    expect(cadence(state())).toBe(10)
    tell({ type: 'offered', tookMs: weightsMs }, 0)
    expect(cadence(state())).toBe(steps)
  },
)

/** What a node answers, of asks by several others every so many ms, in 40 s of steps of 10 ms and merges of 20 ms. */
function answers(everyMs: Readonly<Record<string, number>>): Record<string, number> {
  const { tell, state, config } = trainee({ everySteps: 'auto' })
  const { taskId, fingerprint, samples } = config
  const hello = { type: 'hello', version: protocolVersion, taskId, fingerprint, samples } as const
  const answered: Record<string, number> = {}
  for (const name of Object.keys(everyMs)) {
    answered[name] = 0
    tell({ type: 'up', peer: name }, 0)
    tell({ type: 'message', from: name, message: { ...hello, name, steps: 7 } }, 0)
  }
  tell({ type: 'trained', steps: 10, samples: 80, loss: 1, tookMs: 100 }, 0)
  const weights = {
    subject: 'own',
    codec: 'int8',
    steps: 7,
    samples: 1,
    payload: new Uint8Array(100),
  } as const
  let id = 1_000
  for (let nowMs = 20; nowMs <= 40_000; nowMs += 20)
    for (const [from, ms] of Object.entries(everyMs)) {
      const asks = nowMs % ms === 0
      const message = { type: 'ask', id: id++, ...weights } as const
      const said = asks ? tell({ type: 'message', from, message }, nowMs) : []
      // At the next boundary it is merged, which takes twice as long as a step.
      tell({ type: 'trained', steps: 2, samples: 16, loss: 1, tookMs: 20 }, nowMs)
      if (!asks || said.includes('busy')) continue
      answered[from] = (answered[from] ?? 0) + 1
      tell({ type: 'merged', from, outcome: { type: 'accepted', distance: 1 }, tookMs: 20 }, nowMs)
    }
  expect(state().merges).toBe(Object.values(answered).reduce((sum, count) => sum + count, 0))
  return answered
}

test('who is asked all the time answers some and goes on training', () => {
  const { you = 0 } = answers({ you: 20 })
  // 4,000 steps hold 67 own exchanges: half as many again, and a burst.
  expect(you).toBeGreaterThan(95)
  expect(you).toBeLessThan(115)
})

test('a neighbour that asks incessantly leaves others their share', () => {
  const { greedy = 0, modest = 0 } = answers({ greedy: 20, modest: 1_000 })
  expect(modest).toBeGreaterThanOrEqual(39)
  expect(greedy).toBeGreaterThan(modest)
})
