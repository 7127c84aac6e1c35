import { expect, test } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import { completeTask } from '../task/schema.ts'
import type { GossipSpec } from '../task/task.ts'
import { protocolVersion } from '../wire/message.ts'
import { cadence } from './cadence.ts'
import type { NodeEvent } from './event.ts'
import { initialState, type NodeState } from './state.ts'
import { step } from './step.ts'

/** A node whose steps take so long, after ten seconds with neighbours that say how many steps they made in them. */
function after(gossip: Partial<GossipSpec>, stepMs: number, theirs: readonly number[]): NodeState {
  const random = seededRandom(1)
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
  let state = initialState(config, random)
  const tell = (event: NodeEvent, nowMs: number): void => {
    ;[state] = step(state, event, { nowMs, uplinkIdle: true }, random)
  }
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
  return state
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
