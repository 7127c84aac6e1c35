import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../lib/random.ts'
import { completeOptions } from './options.ts'
import * as recipes from './recipes.ts'
import { strategies, strategyNames } from './strategies.ts'
import type { Received, Strategy, StrategyState } from './strategy.ts'

/** Everything that is promised of every strategy: the registered ones with their defaults, and the recipes. */
const registered = strategyNames.map((name) => {
  const completed = completeOptions(strategies[name].options, {})
  if (!completed.ok) throw new Error(completed.reason)
  return { name: name as string, make: () => strategies[name].create(completed.values) }
})
const cases = [...registered, ...Object.entries(recipes).map(([name, make]) => ({ name, make }))]

const size = 23
const peers = ['a', 'b', 'c', 'd', 'e', 'f']

function vector(seed: number, scale = 1): Float32Array {
  const random = seededRandom(seed)
  return Float32Array.from({ length: size }, () => scale * (random.next() - 0.5))
}

const received = (own: Float32Array, theirs: Float32Array, at: number): Received => ({
  from: peers[at % peers.length] ?? '',
  theirs,
  reference: own,
  sender: { steps: 40 + at, samples: 100 },
  self: { steps: 50 + 10 * at, samples: 100 },
  everySteps: 10,
  mass: 1,
})

interface Life {
  readonly own: Float32Array
  readonly state: StrategyState
  readonly moves: number
}

/** One peer's life: models arrive, and after each the own exchange comes round; the loss never forbids. */
function live(strategy: Strategy, start: Float32Array, models: readonly Float32Array[]): Life {
  let state = strategy.init()
  let moves = 0
  const own = start.slice()
  const settle = (
    [next, proposal]: ReturnType<Strategy['receive']>,
    occasion: Parameters<Strategy['accept']>[1],
  ): void => {
    state = next
    if (proposal.type !== 'move') return
    moves++
    const [after, displacement] = strategy.accept(state, occasion, proposal)
    state = after
    for (let i = 0; i < own.length; i++) own[i] = (own[i] ?? 0) + (displacement[i] ?? 0)
  }
  for (const [i, theirs] of models.entries()) {
    const arrived = received(own.slice(), theirs.slice(), i)
    settle(strategy.receive(state, arrived), arrived)
    ;[state] = strategy.send(state, 1)
    const { self, everySteps } = arrived
    const boundary = { reference: own.slice(), self, everySteps }
    settle(strategy.gather(state, boundary, peers), boundary)
  }
  return { own, state, moves }
}

const near = (seed: number, count: number): Float32Array[] =>
  Array.from({ length: count }, (_, i) => {
    const noise = vector(1_000 * seed + i, 0.2)
    return vector(seed).map((x, j) => x + (noise[j] ?? 0))
  })

describe.each(cases)('$name', ({ make }) => {
  test('merging equal models changes nothing', () => {
    const start = vector(1)
    const { own, state } = live(make(), start, Array(12).fill(start))
    expect(own).toEqual(start)
    expect(make().served(state)).toEqual(start)
  })

  test('merging moves toward what arrives, and feeds the served model', () => {
    const start = vector(2).map((x) => x + 0.05)
    const target = vector(2)
    const { own, state, moves } = live(make(), start, Array(24).fill(target))
    const apart = (model: Float32Array | undefined): number =>
      Math.max(...(model ?? start).map((x, i) => Math.abs(x - (target[i] ?? 0))))
    expect(moves).toBeGreaterThan(1)
    expect(apart(own)).toBeLessThan(0.04)
    expect(apart(make().served(state))).toBeLessThan(0.04)
  })

  test('an empty inbox: nothing is served, and an own exchange has nothing to merge', () => {
    const strategy = make()
    const own = vector(3)
    const occasion = { reference: own, self: { steps: 9, samples: 5 }, everySteps: 10 }
    const [state, proposal] = strategy.gather(strategy.init(), occasion, peers)
    expect(proposal).toEqual({ type: 'held' })
    expect(strategy.served(state)).toBeUndefined()
    expect(own).toEqual(vector(3))
  })

  test('the order of the parameters does not matter', () => {
    const order = Array.from({ length: size }, (_, i) => (7 * i + 3) % size)
    const turned = (model: Float32Array): Float32Array => Float32Array.from(order, (from) => model[from] ?? 0)
    const models = near(4, 12)
    const straight = live(make(), vector(4), models)
    const mixed = live(make(), turned(vector(4)), models.map(turned))
    const expected = turned(straight.own)
    for (let i = 0; i < size; i++) expect(mixed.own[i]).toBeCloseTo(expected[i] ?? 0, 5)
    expect(mixed.moves).toBe(straight.moves)
  })

  test('finite in, finite out, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: size, maxLength: size }),
          { maxLength: 12 },
        ),
        (models) => {
          const life = live(
            make(),
            vector(5),
            models.map((model) => Float32Array.from(model)),
          )
          expect(life.own.every(Number.isFinite)).toBe(true)
          expect((make().served(life.state) ?? life.own).every(Number.isFinite)).toBe(true)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('the same life twice gives the same model, and two lives share nothing', () => {
    const strategy = make()
    const first = live(strategy, vector(6), near(6, 12))
    live(strategy, vector(60), near(60, 12))
    const again = live(strategy, vector(6), near(6, 12))
    expect(again).toEqual(first)
  })

  test('a reference is only read, and nothing kept is shared with the caller', () => {
    const strategy = make()
    let state = strategy.init()
    const own = vector(7)
    for (const [i, model] of near(7, 12).entries()) {
      const arrived = received(own, model, i)
      const [next, proposal] = strategy.receive(state, arrived)
      expect(own).toEqual(vector(7))
      state = next
      if (proposal.type !== 'move') continue
      const [after, displacement] = strategy.accept(state, arrived, proposal)
      expect(own).toEqual(vector(7))
      const kept = structuredClone(after)
      displacement.fill(Number.NaN)
      if (proposal.difference === model) model.fill(Number.NaN)
      expect(after).toEqual(kept)
      state = after
    }
    const params = vector(8)
    const adopted = strategy.adopt(state, params)
    params.fill(0)
    expect(strategy.served(adopted)).toEqual(vector(8))
    expect(strategy.init(undefined).served).toBeUndefined()
  })

  test('settling: two peers that agree meet in the middle', () => {
    const strategy = make()
    const state = strategy.init(Float32Array.of(1, 3))
    const [agreed, distance] = strategy.agree(state, Float32Array.of(0, 0), Float32Array.of(3, 5))
    expect(strategy.served(agreed)).toEqual(Float32Array.of(2, 4))
    expect(distance).toBeCloseTo(Math.sqrt(8 / 10), 6)
  })
})
