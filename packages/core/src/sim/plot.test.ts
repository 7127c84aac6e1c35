import { expect, test } from 'vitest'
import { plotSvg } from './plot.ts'

const plot = {
  title: 'Accuracy <served> & "own"',
  xLabel: 'virtual seconds',
  yLabel: 'accuracy',
  lines: [
    {
      name: 'swap',
      points: [
        [0, 0.1],
        [10, 0.5],
        [20, 0.9],
      ] as const,
    },
    { name: 'empty', points: [] },
  ],
}

test('points lie where the axes say', () => {
  const svg = plotSvg(plot)
  // 0 to 20 over 488 units from 56 on; 0 to 1 over 340 units down from 36.
  expect(svg).toContain('d="M56 342L300 206L544 70"')
  expect(svg).toContain('>0.2</text>')
  expect(svg).toContain('>empty</text>')
  expect(plotSvg(plot)).toBe(svg)
})

test('text from anywhere is escaped, and what is not finite is left out', () => {
  const svg = plotSvg({
    ...plot,
    lines: [
      {
        name: '</svg>',
        points: [
          [0, 0],
          [1, Number.NaN],
          [2, 1],
        ],
      },
    ],
  })
  expect(svg).toContain('Accuracy &#60;served&#62; &#38; &#34;own&#34;')
  expect(svg.match(/<\/svg>/g)).toHaveLength(1)
  expect(svg).not.toContain('NaN')
})

test('a logarithmic axis has its ticks at powers of ten', () => {
  const svg = plotSvg({
    ...plot,
    logX: true,
    lines: [
      {
        name: 'a',
        points: [
          [0.1, 0],
          [1, 0.5],
          [10, 1],
        ],
      },
    ],
  })
  expect(svg).toContain('d="M56 376L300 206L544 36"')
  for (const tick of ['0.1', '1', '10']) expect(svg).toContain(`text-anchor="middle">${tick}</text>`)
})

test('one value, or none, still has axes', () => {
  for (const points of [[], [[3, 0.5]] as const])
    expect(plotSvg({ ...plot, lines: [{ name: 'a', points }] })).not.toMatch(/NaN|Infinity/)
})
