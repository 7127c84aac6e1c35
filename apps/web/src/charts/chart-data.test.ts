import { expect, test } from 'vitest'
import { aligned, chartData } from './chart-data.ts'
import { createSeries } from './series.ts'

test('puts curves on one x and leaves gaps where a curve has no point', () => {
  expect(
    aligned([
      [
        [1, 3],
        [10, 30],
      ],
      [
        [2, 3],
        [0.2, 0.3],
        [0.1, 0.2],
      ],
    ]),
  ).toEqual([
    [1, 2, 3],
    [10, null, 30],
    [null, 0.2, 0.3],
    [null, 0.1, 0.2],
  ])
})

test('draws by steps or by seconds, with a band of extremes where asked', () => {
  const series = createSeries(2)
  for (const [i, value] of [4, 2, 5].entries()) series.append({ steps: (i + 1) * 10, seconds: i + 1, value })
  const trace = { label: '', colour: '', series }
  expect(chartData([trace], 'steps', 0)).toEqual([
    [20, 30],
    [3, 5],
  ])
  expect(chartData([{ ...trace, hasBand: true }], 'seconds', 0)).toEqual([
    [2, 3],
    [3, 5],
    [2, 5],
    [4, 5],
  ])
})
