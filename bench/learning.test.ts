import { expect, test } from 'vitest'
import { keyOf } from './kept.ts'
import { isMet, targetOf } from './learning/goal.ts'
import { gapsOf, rowsOf } from './learning/row.ts'
import { averaged, reaches, servedAt, summaryOf } from './learning/summary.ts'

const point = (seconds: number, servedMean: number, megabytesUp: number) => ({
  seconds,
  servedMean,
  megabytesUp,
  ownMean: 0,
  servedWorst: 0,
})
const curve = [point(2, 0.5, 1), point(4, 0.9, 3), point(6, 0.8, 5)]

test('an accuracy is reached, and a budget spent, between two points of the curve', () => {
  const reached = reaches(curve, 0.7)
  expect(reached?.seconds).toBeCloseTo(3)
  expect(reached?.megabytesUp).toBeCloseTo(2)
  expect(reaches(curve, 0.3)?.seconds).toBeCloseTo(1)
  expect(reaches(curve, 0.95)).toBeUndefined()
  expect(servedAt(curve, 4)).toBeCloseTo(0.85)
  expect(servedAt(curve, 6)).toBeUndefined()
})

const peer = (servedAccuracy: number, role: 'honest' | 'bad' = 'honest') => ({
  peer: 'p',
  role,
  servedAccuracy,
  ownAccuracy: servedAccuracy - 0.1,
  steps: 10,
  merges: 2,
  unseenAccuracy: 0,
  bytesUp: 2e6,
  bytesDown: 0,
  neighbours: 1,
  rejected: {},
})

test('only honest peers count, before settling and after it', () => {
  const summary = summaryOf({
    hash: '',
    events: 0,
    curve,
    averageAccuracy: 0.9,
    peers: [peer(0.9), peer(0.91), peer(0.1, 'bad')],
    beforeSettling: { averageAccuracy: 0.88, peers: [peer(0.8), peer(0.7), peer(0, 'bad')] },
  })
  expect(summary.metrics['served-accuracy']).toBeCloseTo(0.75)
  expect(summary.metrics['served-worst']).toBeCloseTo(0.7)
  expect(summary.metrics['settled-accuracy']).toBeCloseTo(0.905)
  expect(summary.metrics['settled-spread']).toBeCloseTo(0.03)
  expect(summary.metrics['megabytes-up']).toBeCloseTo(2)
  const other = { ...summary, metrics: { ...summary.metrics, 'served-accuracy': 0.85 } }
  expect(averaged([summary, other]).metrics['served-accuracy']).toBeCloseTo(0.8)
})

test('rows say what is promised and what is missing', () => {
  expect(isMet(0.4, { kind: 'at-most', value: 0.4 })).toBe(true)
  const rows = rowsOf(
    'learning',
    { name: 'swap', goals: { 'served-accuracy': { atLeast: 0.9 }, 'megabytes-up': { atMost: 1 } } },
    { 'served-accuracy': 0.85, 'megabytes-up': 0.5, nothing: Number.NaN },
  )
  expect(rows).toEqual([
    {
      bench: 'learning',
      case: 'swap',
      metric: 'served-accuracy',
      value: 0.85,
      unit: '',
      goal: 0.9,
      met: false,
    },
    { bench: 'learning', case: 'swap', metric: 'megabytes-up', value: 0.5, unit: 'MB', goal: 1, met: true },
  ])
  expect(gapsOf(rows)).toEqual(['swap served-accuracy: 0.85 where 0.9 is the goal (gap 0.05)'])
})

test('a goal may look at another case, and is none where that was not run', () => {
  const goal = { atLeast: { case: 'calm', times: 0.99, plus: -0.003 } }
  expect(targetOf(goal, (name) => (name === 'calm' ? 0.9 : undefined))).toEqual({
    kind: 'at-least',
    value: 0.888,
  })
  expect(targetOf(goal, () => undefined)).toBeUndefined()
  const calm = (name: string, metric: string) => (`${name} ${metric}` === 'calm steps' ? 100 : undefined)
  expect(rowsOf('learning', { name: 'slow', goals: { steps: goal } }, { steps: 98 }, calm)).toEqual([
    { bench: 'learning', case: 'slow', metric: 'steps', value: 98, unit: '', goal: 98.997, met: false },
  ])
})

test('peers set aside do not count', () => {
  const report = { hash: '', events: 0, curve, averageAccuracy: 0.9 }
  const { metrics } = summaryOf(
    { ...report, peers: [{ ...peer(0.1), peer: 'slow' }, peer(0.9), peer(0.8)] },
    ['slow'],
  )
  expect(metrics['served-accuracy']).toBeCloseTo(0.85)
  expect(metrics['served-gap']).toBeCloseTo(0.05)
})

test('results belong to a configuration, however it is written, and to the code', () => {
  expect(keyOf('a', { seed: 1, peers: 2 })).toBe(keyOf('a', { peers: 2, seed: 1 }))
  expect(keyOf('a', { seed: 1, peers: 2 })).not.toBe(keyOf('a', { seed: 2, peers: 2 }))
  expect(keyOf('a', { seed: 1 })).not.toBe(keyOf('b', { seed: 1 }))
})
