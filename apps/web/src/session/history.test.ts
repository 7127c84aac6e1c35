import type { Snapshot } from '@gossamer/core'
import { describe, expect, test } from 'vitest'
import { createHistory } from './history.ts'
import { createStopwatch } from './stopwatch.ts'
import { meanOver, unseenClasses } from './unseen.ts'

const snapshot = (change: Partial<Snapshot>): Snapshot => ({
  status: 'training',
  peerId: 'me',
  backend: { name: 'cpu', adapter: '', why: '' },
  steps: 1,
  epochs: 0,
  samplesPerSecond: 0,
  ownClassCounts: [10, 0, 0],
  own: { loss: 2 },
  merges: 0,
  everySteps: 10,
  peers: [],
  bytes: { up: 0, down: 0, byKind: {} },
  rejected: {},
  signaling: 'connected',
  log: [],
  problems: [],
  ...change,
})

const served = (accuracy: number, perClass: readonly number[]) => ({ loss: 1, accuracy, perClass })

describe('history', () => {
  test('draws loss once a step, and accuracy over the classes that are not in the data', () => {
    const history = createHistory()
    history.record(snapshot({}), 0)
    history.record(snapshot({}), 0.1)
    history.record(snapshot({ steps: 5, served: served(0.5, [1, 0.2, 0.4]) }), 0.2)
    expect(history.loss.buckets().map(({ steps }) => steps)).toEqual([1, 5])
    expect(history.merged.last()?.value).toBe(0.5)
    expect(history.unseen.last()?.value).toBeCloseTo(0.3)
    expect(history.mine.last()).toBeUndefined()
  })

  test('draws a measurement once, however many snapshots repeat it, and the next one even where it is equal', () => {
    const history = createHistory()
    for (let tenth = 0; tenth < 10; tenth++)
      history.record(
        snapshot({ steps: tenth, own: { loss: 1, accuracy: 0.7 }, served: served(0.8, []) }),
        tenth / 10,
      )
    const again = { ...served(0.8, []), loss: 0.9 }
    history.record(snapshot({ steps: 10, own: { loss: 1, accuracy: 0.7 }, served: again }), 1)
    expect(history.mine.buckets().map(({ seconds }) => seconds)).toEqual([0, 1])
    expect(history.merged.buckets().map(({ steps }) => steps)).toEqual([0, 10])
  })

  test('remembers the first merge only', () => {
    const history = createHistory()
    history.record(snapshot({ steps: 3 }), 1)
    expect(history.firstMerge()).toBeUndefined()
    history.record(snapshot({ steps: 4, merges: 2 }), 2)
    history.record(snapshot({ steps: 9, merges: 5 }), 3)
    expect(history.firstMerge()).toEqual({ steps: 4, seconds: 2 })

    const resumed = createHistory()
    resumed.record(snapshot({ steps: 900, merges: 40 }), 0)
    expect(resumed.firstMerge()).toBeUndefined()
  })
})

test('unseen classes are those without an example; classes without test examples count for nothing', () => {
  expect(unseenClasses([3, 0, 1, 0])).toEqual([1, 3])
  expect(meanOver([0.1, 0.5, 0.2, Number.NaN], [1, 3])).toBe(0.5)
  expect(meanOver([0.1], [1])).toBeUndefined()
  expect(meanOver(undefined, [0])).toBeUndefined()
})

test('the stopwatch counts only the time during which it ran', () => {
  let nowMs = 100
  const stopwatch = createStopwatch(() => nowMs)
  stopwatch.run(true)
  nowMs = 150
  stopwatch.run(true)
  expect(stopwatch.elapsedMs()).toBe(50)
  stopwatch.run(false)
  nowMs = 500
  expect(stopwatch.elapsedMs()).toBe(50)
  stopwatch.run(true)
  nowMs = 510
  expect(stopwatch.elapsedMs()).toBe(60)
})
