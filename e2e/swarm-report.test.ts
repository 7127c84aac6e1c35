import { expect, test } from 'vitest'
import { drawTable, rowsOf, type SwarmRow, splitClasses } from './swarm-report.ts'

test('splits the digits into runs that cover all of them', () => {
  expect([0, 1].map((i) => splitClasses(i, 2))).toEqual(['0-4', '5-9'])
  expect([0, 1, 2].map((i) => splitClasses(i, 3))).toEqual(['0-3', '4-6', '7-9'])
  expect(splitClasses(9, 10)).toBe('9')
  expect(splitClasses(10, 12)).toBe('0')
})

const row: SwarmRow = {
  name: 'tab-1',
  backend: 'wasm',
  steps: 1200,
  samplesPerSecond: 9_000.4,
  ownAccuracy: 0.9,
  servedAccuracy: 0.95,
  unseenAccuracy: Number.NaN,
  merges: 7,
  peers: 3,
  bytesUp: 1_500_000,
  bytesDown: 2_000_000,
}

test('rows carry their backend and are valid JSON even without a figure', () => {
  const rows = rowsOf([row])
  expect(rows).toHaveLength(8)
  expect(rows[2]).toEqual({
    bench: 'swarm',
    case: 'tab-1',
    metric: 'unseen-accuracy',
    value: null,
    unit: '',
    backend: 'wasm',
  })
})

test('the table is aligned', () => {
  const [head = '', line = ''] = drawTable([row]).split('\n')
  expect(line).toHaveLength(head.length + 'MB'.length - 'wn'.length + 0)
  expect(line).toContain('1200')
  expect(line).toContain('0.950')
})
