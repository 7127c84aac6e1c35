import { expect, test } from 'vitest'
import { completeOptions, type OptionValues } from './options.ts'
import { type StrategyName, strategies } from './strategies.ts'
import type { Progress, Proposal, Received, Strategy, StrategyState } from './strategy.ts'

/** Each rule against numbers worked out by hand, on a model of one parameter. */
class Peer {
  readonly #strategy: Strategy
  #state: StrategyState
  own: number
  steps = 100
  samples = 100

  constructor(name: StrategyName, own: number, options: OptionValues = {}) {
    const completed = completeOptions(strategies[name].options, { ...options })
    if (!completed.ok) throw new Error(completed.reason)
    this.#strategy = strategies[name].create(completed.values)
    this.#state = this.#strategy.init()
    this.own = own
  }

  get served(): number | undefined {
    return this.#strategy.served(this.#state)?.[0]
  }

  receive(theirs: number, { from = 'a', mass = 1, steps = 100, samples = 100 }: Partial<Sender> = {}): void {
    const received: Received = {
      ...this.#occasion(),
      from,
      theirs: Float32Array.of(theirs),
      sender: { steps, samples },
      mass,
    }
    this.#conclude(this.#strategy.receive(this.#state, received))
  }

  /** Returns the mass that goes with the own model. */
  send(): number {
    const [state, mass] = this.#strategy.send(this.#state, 1)
    this.#state = state
    return mass
  }

  gather(...neighbours: string[]): void {
    this.#conclude(this.#strategy.gather(this.#state, this.#occasion(), neighbours))
  }

  #occasion() {
    const { steps, samples } = this
    return { reference: Float32Array.of(this.own), self: { steps, samples }, everySteps: 10 }
  }

  #conclude([state, proposal]: readonly [StrategyState, Proposal]): void {
    this.#state = state
    if (proposal.type !== 'move') return
    const [next, displacement] = this.#strategy.accept(state, this.#occasion(), proposal)
    this.#state = next
    this.own += displacement[0] ?? 0
  }
}

type Sender = Progress & { readonly from: string; readonly mass: number }

const unguarded = { guard: 0 }

test('swap and push: half way, and a quarter of the way for the served model', () => {
  for (const name of ['swap', 'push'] as const) {
    const peer = new Peer(name, 1)
    peer.receive(3)
    expect(peer.own).toBe(2)
    expect(peer.served).toBe(1.5)
    peer.receive(4)
    expect(peer.own).toBe(3)
    expect(peer.served).toBe(1.5 + (4 - 1.5) / 4)
  }
})

test('push-sum: by the share of the masses, halved by each message', () => {
  const peer = new Peer('push-sum', 0, unguarded)
  expect(peer.send()).toBe(0.5)
  peer.receive(3, { mass: 1 })
  expect(peer.own).toBe(2)
  expect(peer.send()).toBe(0.75)
})

test('latest average: by examples, over the newest of each neighbour, again and again', () => {
  const peer = new Peer('latest-average', 0)
  peer.receive(90, { from: 'a', samples: 100 })
  peer.receive(3, { from: 'a', samples: 100 })
  peer.receive(6, { from: 'b', samples: 300 })
  expect(peer.own).toBe(0)
  peer.gather('a', 'b')
  expect(peer.own).toBeCloseTo((0 * 100 + 3 * 100 + 6 * 300) / 500, 6)
  expect(peer.served).toBe(peer.own)
  const before = peer.own
  peer.gather('a')
  expect(peer.own).toBeCloseTo((before + 3) / 2, 6)
})

test('latest average without seen models: each counts once; all alike where samples do not count', () => {
  const peer = new Peer('latest-average', 0, { again: 0, bySamples: 0 })
  peer.receive(3, { from: 'a', samples: 1 })
  peer.receive(6, { from: 'b', samples: 900 })
  peer.gather('a', 'b')
  expect(peer.own).toBe(3)
  peer.gather('a', 'b')
  expect(peer.own).toBe(3)
  peer.receive(5, { from: 'b' })
  peer.gather('a', 'b')
  expect(peer.own).toBe(4)
})

test('nobody outweighs the others by claiming endless examples', () => {
  const peer = new Peer('round-average', 0)
  peer.receive(101, { samples: Number.MAX_SAFE_INTEGER })
  peer.gather('a')
  expect(peer.own).toBeCloseTo(100, 4)
})

test('NoLoCo: m <- 0.5 m + 0.7 (mean - anchor); anchor += m; own <- anchor', () => {
  const peer = new Peer('noloco', 1)
  peer.gather()
  expect(peer.own).toBe(1)
  peer.own = 2 // own training
  peer.receive(4)
  expect(peer.own).toBe(2)
  peer.gather()
  // The mean is 3, the anchor 1: m = 1.4.
  expect(peer.own).toBeCloseTo(2.4, 6)
  peer.own = 2.6
  peer.gather()
  // m = 0.7 + 0.7 x 0.2, from the anchor 2.4.
  expect(peer.own).toBeCloseTo(2.4 + 0.84, 5)
})

test('momentum: v <- beta v + b d, of which eta is made', () => {
  const peer = new Peer('momentum', 0, { ...unguarded, mixing: 0.5, rate: 0.8, decay: 0.5 })
  peer.receive(4)
  expect(peer.own).toBeCloseTo(0.8 * 2, 6)
  peer.receive(peer.own)
  expect(peer.own).toBeCloseTo(0.8 * 2 + 0.8 * 1, 6)
  expect(peer.served).toBeCloseTo(1 + (1.6 - 1) / 4, 6)
})

test.each([
  // After d = 2, then d = 1 (b = 1/2): the second moments by each rule, from tau^2 = 0.01.
  ['adam', 0.9 * 0.01 + 0.1 * 4, (v: number) => 0.9 * v + 0.1 * 1],
  ['yogi', 0.01 + 0.1 * 4, (v: number) => v + 0.1 * 1],
  ['adagrad', 0.01 + 4, (v: number) => v + 1],
] as const)('%s: moments of the displacement', (name, v1, next) => {
  const options = { ...unguarded, rate: 0.1, meanDecay: 0.5, squareDecay: 0.9, floor: 0.1 }
  const peer = new Peer(name, 0, options)
  peer.receive(4)
  const m1 = 0.5 * 2
  const first = (0.1 * m1) / (Math.sqrt(v1) + 0.1)
  expect(peer.own).toBeCloseTo(first, 5)
  peer.receive(peer.own + 2)
  const m2 = 0.5 * m1 + 0.5 * 1
  expect(peer.own).toBeCloseTo(first + (0.1 * m2) / (Math.sqrt(next(v1)) + 0.1), 5)
})

test('yogi lets the second moment fall only slowly after a large difference', () => {
  const options = { ...unguarded, meanDecay: 0, squareDecay: 0.5, floor: 0.01, rate: 1 }
  const moved = (name: 'adam' | 'yogi'): number => {
    const peer = new Peer(name, 0, options)
    peer.receive(20)
    for (let i = 0; i < 5; i++) peer.receive(peer.own)
    const before = peer.own
    peer.receive(before + 0.2)
    return peer.own - before
  }
  expect(moved('yogi')).toBeLessThan(0.25 * moved('adam'))
})

test.each([
  ['staleness', { exponent: 0.5 }, 70, 0.5],
  ['staleness', { exponent: 0 }, 70, 1],
  ['staleness', { exponent: 0.5 }, 900, 1],
  ['staleness-hinge', { slope: 1, grace: 2 }, 80, 1],
  ['staleness-hinge', { slope: 1, grace: 2 }, 70, 0.5],
  ['inverse-rate', {}, 100, 1],
  ['inverse-rate', {}, 300, 0.5],
  ['inverse-rate', {}, 25, 1.6],
] as const)(
  '%s %j: 100 own steps, %d of theirs, an interval of 10: weight %d',
  (name, options, steps, weight) => {
    const peer = new Peer(name, 0, options)
    peer.receive(8, { steps })
    expect(peer.own).toBeCloseTo(4 * weight, 5)
  },
)

test('a buffer of three makes one move of their mean', () => {
  const peer = new Peer('buffer', 0, { ...unguarded, size: 3, mixing: 0.5 })
  peer.receive(3)
  peer.receive(6)
  expect(peer.own).toBe(0)
  peer.receive(9)
  expect(peer.own).toBeCloseTo(3, 5)
  expect(peer.served).toBeCloseTo(1.5, 5)
  peer.receive(100)
  expect(peer.own).toBeCloseTo(3, 5)
})
