import { expect, test } from 'vitest'
import { directionGate } from './direction.ts'
import { compositeGuard, initialGuard, judge, usualLossGate } from './guard.ts'
import type { Context } from './part.ts'
import type { LossGate, Move } from './strategy.ts'

const move: Move = { difference: Float32Array.of(1), share: 0.5, scale: 1, distance: 1, mass: 1 }
const progress = { steps: 1, samples: 1 }
const context: Context = {
  reference: Float32Array.of(0),
  self: progress,
  sender: progress,
  everySteps: 1,
}

/** The gate on loss after merges that raised it by so much, in nats. */
function gateAfter(increases: readonly number[]): LossGate | undefined {
  const gate = usualLossGate(0.5)
  let state = gate.init()
  for (const increase of increases) state = gate.weighed?.(state, increase) ?? state
  const [, proposal] = gate.propose?.(state, move, context) ?? [state, { type: 'held' as const }]
  return proposal.type === 'move' ? proposal.lossGate : undefined
}

const marginAfter = (increases: readonly number[]): number | undefined => gateAfter(increases)?.margin

test('the margin of the loss is twice what is usual, between 0.25 and the most allowed', () => {
  expect(marginAfter([])).toBe(0.5)
  expect(marginAfter([0.01, 0.01, 0.01])).toBe(0.5)
  expect(marginAfter([0.01, 0.02, 0, -0.1])).toBe(0.25)
  expect(marginAfter([0.15, 0.15, 0.15, 0.15])).toBeCloseTo(0.3, 9)
  expect(marginAfter([0.4, 0.3, 0.4, 0.3])).toBe(0.5)
})

test('a third of bad neighbours does not widen the margin, whatever they send', () => {
  const honest = Array(14).fill(0.02)
  expect(marginAfter([...honest, ...Array(6).fill(9)])).toBe(0.25)
  expect(marginAfter([...honest, ...Array(6).fill(Number.NaN)])).toBe(0.25)
})

test('what raises the loss by more than the median of late counts for less, once four are known', () => {
  expect(gateAfter([0.1, 0.2, 0.3])?.usual).toBeUndefined()
  expect(gateAfter([0.1, 0.2, 0.3, 0.2, 0.1])?.usual).toBe(0.2)
  expect(gateAfter([0.001, -0.2, 0.002, 0.001])?.usual).toBe(0.01)
  expect(gateAfter([...Array(14).fill(0.02), ...Array(6).fill(9)])?.usual).toBe(0.02)
})

test('who differs much from everyone, once usual, is let in again', () => {
  // All neighbours know other classes: their models raise the loss by 0.3 each time, and that becomes usual.
  expect(marginAfter([...Array(10).fill(0.01), ...Array(10).fill(0.3)])).toBe(0.5)
})

test('distances: the first four pass, longer ones are scaled to the median, twice the usual is refused', () => {
  let state = initialGuard
  for (const distance of [1, 2, 1, 2]) {
    const [next, verdict] = judge(state, distance)
    expect(verdict).toEqual({ ok: true, scale: 1 })
    state = next
  }
  expect(judge(state, 3)[1]).toEqual({ ok: true, scale: 0.5 })
  expect(judge(state, 4.1)[1]).toEqual({ ok: false, reason: 'too-far' })
})

test('the composite guard asks for the loss of what passes the distance', () => {
  const guard = compositeGuard(0.5)
  const [, proposal] = guard.propose?.(guard.init(), move, context) ?? []
  expect(proposal).toEqual({ type: 'move', ...move, lossGate: { factor: 1, margin: 0.5 } })
})

test('a model of another direction or size is refused, however little it costs in loss', () => {
  const reference = Float32Array.of(3, -4, 0.5)
  const towards = (theirs: readonly number[]): string => {
    const difference = Float32Array.from(theirs, (value, i) => value - (reference[i] ?? 0))
    const move = { difference, share: 0.5, scale: 1, distance: 1, mass: 1 }
    const sender = { steps: 1, samples: 1 }
    const [, proposal] = directionGate(0.2, 0.25).propose?.(undefined, move, {
      reference,
      self: sender,
      everySteps: 50,
      sender,
    }) ?? [undefined, { type: 'held' }]
    return proposal.type === 'refused' ? proposal.reason : proposal.type
  }
  expect(towards([2, -3, 1])).toBe('move')
  expect(towards([-3, 4, -0.5])).toBe('too-different')
  expect(towards([30, -40, 5])).toBe('too-far')
  expect(towards([0.3, -0.4, 0.05])).toBe('too-far')
  expect(towards([4, 3, 0])).toBe('too-different')
})
