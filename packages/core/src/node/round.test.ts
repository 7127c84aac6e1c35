import { expect, test } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import type { Talk } from '../strategy/strategy.ts'
import { completeTask } from '../task/schema.ts'
import { type Message, protocolVersion } from '../wire/message.ts'
import type { Effect } from './effect.ts'
import type { NodeEvent } from './event.ts'
import { initialState, type NodeState } from './state.ts'
import { step } from './step.ts'

const { gossip } = completeTask({
  version: 1,
  name: 'points',
  data: { kind: 'image', shape: [2, 2, 1], classes: ['a', 'b'] },
  model: { kind: 'mlp', hidden: [] },
  training: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 8 },
  gossip: { everySteps: 1 },
  seed: 1,
})

/** A node that is told what happens, with a trainer that does what it is asked at once. */
class Told {
  state: NodeState
  nowMs = 0
  readonly #random = seededRandom(1)

  constructor(talk: Talk) {
    const config = {
      self: 'me',
      name: 'me',
      taskId: 'task',
      fingerprint: 'layout',
      samples: 10,
      gossip,
      talk,
      exchangeBytes: 100,
      sliceMs: 20,
    }
    this.state = initialState(config, this.#random)
  }

  tell(event: NodeEvent): readonly Effect[] {
    const moment = { nowMs: this.nowMs, uplinkIdle: true }
    const [next, effects] = step(this.state, event, moment, this.#random)
    this.state = next
    return effects
  }

  meet(peer: string): void {
    this.tell({ type: 'up', peer })
    this.tell({
      type: 'message',
      from: peer,
      message: {
        type: 'hello',
        version: protocolVersion,
        taskId: 'task',
        fingerprint: 'layout',
        name: peer,
        samples: 10,
        steps: 0,
      },
    })
  }

  trained = (): readonly Effect[] => this.tell({ type: 'trained', steps: 1, samples: 8, loss: 1, tookMs: 10 })

  /** Weights of a neighbour arrive and are kept. */
  delivered(from: string): readonly Effect[] {
    const before = this.tell({ type: 'message', from, message: push })
    expect(types(before)).toEqual(['take'])
    return this.tell({ type: 'merged', from, outcome: { type: 'held' }, tookMs: 1 })
  }
}

const push: Message = {
  type: 'push',
  mass: 1,
  subject: 'own',
  codec: 'int8',
  steps: 3,
  samples: 10,
  payload: new Uint8Array(8),
}

const types = (effects: readonly Effect[]): readonly string[] =>
  effects.map(({ type }) => type).filter((type) => type !== 'wake' && type !== 'send' && type !== 'tell')

/** A node in a round: its model is out to both neighbours. */
function inRound(talk: Talk): Told {
  const node = new Told(talk)
  node.tell({ type: 'start' })
  node.meet('a')
  node.meet('b')
  expect(types(node.trained())).toEqual(['spread'])
  return node
}

const round: Talk = { type: 'round', quorum: 1, timeoutMs: 10_000 }

test('a round waits for every neighbour, merges, and trains on', () => {
  const node = inRound(round)
  expect(types(node.tell({ type: 'offered', tookMs: 1 }))).toEqual([])
  expect(types(node.delivered('a'))).toEqual([])
  expect(types(node.delivered('b'))).toEqual(['gather'])
  const after = node.tell({ type: 'gathered', outcome: { type: 'accepted', distance: 1 }, tookMs: 1 })
  expect(types(after)).toEqual(['train'])
  expect(node.state.merges).toBe(1)
  expect(node.state.delivered).toEqual([])
})

test('a quorum is enough', () => {
  const node = inRound({ ...round, quorum: 0.5 })
  node.tell({ type: 'offered', tookMs: 1 })
  expect(types(node.delivered('b'))).toEqual(['gather'])
})

test('models that came before the own went out count', () => {
  const node = inRound(round)
  node.tell({ type: 'offered', tookMs: 1 })
  node.delivered('a')
  node.delivered('b')
  node.tell({ type: 'gathered', outcome: { type: 'accepted', distance: 1 }, tookMs: 1 })
  for (const from of ['a', 'b']) node.tell({ type: 'message', from, message: push })
  expect(types(node.trained())).toEqual(['take'])
  const kept = (from: string): readonly Effect[] =>
    node.tell({ type: 'merged', from, outcome: { type: 'held' }, tookMs: 1 })
  expect(types(kept('a'))).toEqual(['take'])
  expect(types(kept('b'))).toEqual(['spread'])
  expect(types(node.tell({ type: 'offered', tookMs: 1 }))).toEqual(['gather'])
})

test('nobody is waited for who left, fell silent, or came after the own model went out', () => {
  const node = inRound(round)
  node.tell({ type: 'offered', tookMs: 1 })
  node.meet('late')
  expect(types(node.delivered('a'))).toEqual([])
  expect(types(node.tell({ type: 'down', peer: 'b', reason: 'failed' }))).toContain('gather')

  const other = inRound(round)
  other.tell({ type: 'offered', tookMs: 1 })
  other.nowMs = 2_000
  other.delivered('a')
  other.nowMs = 3_500
  expect(types(other.tell({ type: 'tick' }))).toContain('gather')
})

test('a round ends when its time is up, whoever is missing', () => {
  const node = inRound(round)
  node.tell({ type: 'offered', tookMs: 1 })
  for (node.nowMs = 1_000; node.nowMs < 10_000; node.nowMs += 1_000) {
    for (const from of ['a', 'b'])
      node.tell({ type: 'message', from, message: { type: 'ping', stamp: 0, steps: 3 } })
    expect(types(node.tell({ type: 'tick' }))).not.toContain('gather')
  }
  expect(types(node.tell({ type: 'tick' }))).toContain('gather')
})

test('the final merge ends the wait', () => {
  const node = inRound(round)
  node.tell({ type: 'offered', tookMs: 1 })
  expect(types(node.tell({ type: 'settle' }))).toEqual(['offer'])
  expect(node.state.round).toBeUndefined()
})

test('a broadcast merges at once what there is; a push goes to one and is not waited for', () => {
  const node = inRound({ type: 'broadcast' })
  expect(types(node.tell({ type: 'offered', tookMs: 1 }))).toEqual(['gather'])
  const pusher = new Told({ type: 'push', gathers: false })
  pusher.tell({ type: 'start' })
  pusher.meet('a')
  pusher.meet('b')
  const [effect] = pusher.trained().filter(({ type }) => type === 'spread')
  expect(effect?.type === 'spread' && effect.to).toHaveLength(1)
  expect(types(pusher.tell({ type: 'offered', tookMs: 1 }))).toEqual(['train'])
})

test('what does not fit the way a room talks is a breach', () => {
  const pair = new Told({ type: 'pair' })
  pair.tell({ type: 'start' })
  pair.meet('a')
  pair.tell({ type: 'message', from: 'a', message: push })
  expect(pair.state.rejected).toEqual({ 'wrong-talk': 1 })
  const pusher = inRound({ type: 'broadcast' })
  const ask = { ...push, type: 'ask', id: 1 } as const
  pusher.tell({ type: 'message', from: 'a', message: ask })
  expect(pusher.state.rejected).toEqual({ 'wrong-talk': 1 })
})

test('a node that rests drops what is pushed to it', () => {
  const node = inRound({ type: 'broadcast' })
  node.tell({ type: 'offered', tookMs: 1 })
  node.tell({ type: 'gathered', outcome: { type: 'held' }, tookMs: 1 })
  node.trained()
  node.tell({ type: 'pause' })
  node.tell({ type: 'offered', tookMs: 1 })
  expect(types(node.tell({ type: 'message', from: 'a', message: push }))).toEqual([])
  expect(node.state.inbox).toEqual([])
})
