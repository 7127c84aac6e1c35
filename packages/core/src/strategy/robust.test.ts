import { expect, test } from 'vitest'
import { mostCentral } from './krum.ts'
import { completeOptions } from './options.ts'
import { type StrategyName, strategies } from './strategies.ts'
import type { Occasion, Proposal, Received, Strategy } from './strategy.ts'
import { coordinateMean } from './trimmed-mean.ts'

const made = (name: StrategyName): Strategy => {
  const completed = completeOptions(strategies[name].options, {})
  if (!completed.ok) throw new Error(completed.reason)
  return strategies[name].create(completed.values)
}

const own = (): Float32Array => Float32Array.of(1, 2, 3, 4)
const occasion = (steps: number): Occasion => ({
  reference: own(),
  self: { steps, samples: 10 },
  everySteps: 10,
})
const from = (peer: string, theirs: Float32Array, steps = 10): Received => ({
  ...occasion(steps),
  from: peer,
  theirs,
  sender: { steps, samples: 10 },
  mass: 1,
})

/** What the last of several models comes to. */
function last(name: StrategyName, models: readonly Received[]): Proposal | undefined {
  const strategy = made(name)
  let state = strategy.init()
  let outcome: Proposal | undefined
  for (const received of models) {
    const [next, proposal] = strategy.receive(state, received)
    outcome = proposal
    state = next
    if (proposal.type === 'move')
      [state] = strategy.accept(state, received, { ...proposal, difference: proposal.difference.slice() })
  }
  return outcome
}

test('the mean without extremes, and the median of an even and an odd number', () => {
  const models = [1, 2, 3, 4, 100].map((x) => Float32Array.of(x, -x))
  expect(coordinateMean(1)(models)).toEqual(Float32Array.of(3, -3))
  expect(coordinateMean(Number.POSITIVE_INFINITY)(models)).toEqual(Float32Array.of(3, -3))
  expect(coordinateMean(Number.POSITIVE_INFINITY)(models.slice(0, 4))).toEqual(Float32Array.of(2.5, -2.5))
})

test('Krum takes the most central of the received, never the own', () => {
  const models = [0, 10, 11, 12, 500].map((x) => Float32Array.of(x))
  expect(mostCentral(1)(models)).toEqual(Float32Array.of(11))
  expect(mostCentral(1)([5, 5, 90, 95].map((x) => Float32Array.of(x)))).toEqual(Float32Array.of(5))
})

test.each(['trimmed-mean', 'coordinate-median', 'krum'] as const)(
  '%s: one model of four may be anything, and one sender fills no window alone',
  (name) => {
    const bad = Float32Array.of(1e6, -1e6, 1e6, -1e6)
    const good = own().map((x) => x + 0.5)
    const outcome = last(name, [
      from('a', good.slice()),
      from('x', bad),
      from('b', good.slice()),
      from('c', good.slice()),
    ])
    expect(outcome?.type === 'move' && Math.max(...outcome.difference)).toBeLessThanOrEqual(0.5)
    expect(outcome?.type === 'move' && Math.min(...outcome.difference)).toBeGreaterThanOrEqual(0)
    expect(
      last(
        name,
        Array.from({ length: 9 }, () => from('x', bad.slice())),
      ),
    ).toEqual({ type: 'held' })
  },
)

test('a model that turns against the own is refused by direction', () => {
  const turned = from(
    'a',
    own().map((x) => -x),
  )
  expect(last('cosine-gate', [turned])).toEqual({ type: 'refused', reason: 'too-different' })
  expect(
    last('strict', [
      from(
        'a',
        own().map((x) => -x),
      ),
    ]),
  ).toEqual({ type: 'refused', reason: 'too-different' })
  expect(
    last('strict', [
      from(
        'a',
        own().map((x) => 3 * x),
      ),
    ]),
  ).toEqual({ type: 'refused', reason: 'too-far' })
  expect(
    last('cosine-gate', [
      from(
        'a',
        own().map((x) => 10 * x),
      ),
    ])?.type,
  ).toBe('move')
})

test('the guard refuses what is far beyond usual, and a clipped pull is no longer than own training', () => {
  const near = Array.from({ length: 6 }, (_, i) =>
    from(
      'a',
      own().map((x) => x + 0.1),
      10 * i,
    ),
  )
  const far = from(
    'b',
    own().map((x) => x + 5),
    70,
  )
  expect(last('swap', [...near, far])).toEqual({ type: 'refused', reason: 'too-far' })

  const strategy = made('clipped-gossip')
  const [first] = strategy.receive(strategy.init(), from('a', own(), 10))
  const trained = own().map((x) => x + 1)
  const [, proposal] = strategy.receive(first, {
    ...from(
      'a',
      own().map((x) => x + 100),
      20,
    ),
    reference: trained,
  })
  // Own training moved by 1 in each of four parameters: norm 2; the radius is 2 own updates.
  expect(proposal.type === 'move' && proposal.scale * proposal.distance).toBeCloseTo(4, 5)
})
