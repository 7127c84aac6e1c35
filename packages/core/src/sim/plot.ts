/** A line of a plot: points in ascending order of x. */
export interface PlotLine {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Plot {
  readonly title: string
  /** With their units. */
  readonly xLabel: string
  readonly yLabel: string
  readonly lines: readonly PlotLine[]
  /** Ticks at powers of ten; every x must then be above 0. */
  readonly logX?: boolean
}

const width = 720
const frame = { left: 56, right: 176, top: 36, bottom: 44 }
const [innerWidth, innerHeight] = [width - frame.left - frame.right, 340]
const legendStep = 18

/** Okabe and Ito's palette, told apart by the colour-blind; when it is used up, dashes tell lines apart. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f7f7f', '#8c564b']
const dashes = ['', ' stroke-dasharray="6 3"', ' stroke-dasharray="2 2"', ' stroke-dasharray="8 2 2 2"']

/**
 * A line chart as one SVG document, legible on light and dark ground. Equal plots give equal text. A line without
 * points stands in the legend only; points that are not finite are left out.
 */
export function plotSvg({ title, xLabel, yLabel, lines, logX = false }: Plot): string {
  const shown = lines.map(({ name, points }) => ({
    name,
    points: points.filter(([x, y]) => Number.isFinite(y) && Number.isFinite(x) && (!logX || x > 0)),
  }))
  const xs = shown.flatMap(({ points }) => points.map(([x]) => (logX ? Math.log10(x) : x)))
  const ys = shown.flatMap(({ points }) => points.map(([, y]) => y))
  const x = logX ? decades(xs) : axis(xs)
  const y = axis(ys)
  const atX = (value: number): number => frame.left + (innerWidth * (value - x.from)) / (x.to - x.from)
  const atY = (value: number): number => frame.top + innerHeight * (1 - (value - y.from) / (y.to - y.from))
  const bottom = frame.top + innerHeight
  const height = Math.max(bottom + frame.bottom, frame.top + legendStep * (lines.length + 1))
  const grid = [
    ...y.ticks.map(
      (tick) =>
        `<path class="grid" d="M${frame.left} ${px(atY(tick))}H${frame.left + innerWidth}"/>` +
        `<text x="${frame.left - 6}" y="${px(atY(tick) + 4)}" text-anchor="end">${label(tick)}</text>`,
    ),
    ...x.ticks.map(
      (tick) =>
        `<path class="grid" d="M${px(atX(tick))} ${frame.top}V${bottom}"/>` +
        `<text x="${px(atX(tick))}" y="${bottom + 16}" text-anchor="middle">${label(logX ? 10 ** tick : tick)}</text>`,
    ),
  ]
  const drawn = shown.map(({ name, points }, i) => {
    const dash = dashes[Math.floor(i / colours.length) % dashes.length] ?? ''
    const style = `stroke="${colours[i % colours.length]}"${dash}`
    const path = points.map(
      ([px0, py], n) => `${n === 0 ? 'M' : 'L'}${px(atX(logX ? Math.log10(px0) : px0))} ${px(atY(py))}`,
    )
    const legendY = frame.top + 8 + legendStep * i
    const legendX = frame.left + innerWidth + 12
    return (
      (path.length === 0 ? '' : `<path class="line" ${style} d="${path.join('')}"/>`) +
      `<path class="line" ${style} d="M${legendX} ${legendY}h18"/>` +
      `<text x="${legendX + 24}" y="${legendY + 4}">${escaped(name)}</text>`
    )
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    '<style>text{font:12px system-ui,sans-serif;fill:#555}.title{font-size:14px;font-weight:600}.grid{stroke:#8884}.line{fill:none;stroke-width:2}@media(prefers-color-scheme:dark){text{fill:#bbb}}</style>',
    `<text class="title" x="${frame.left}" y="20">${escaped(title)}</text>`,
    ...grid,
    `<text x="${frame.left + innerWidth / 2}" y="${bottom + 36}" text-anchor="middle">${escaped(xLabel)}</text>`,
    `<text x="14" y="${frame.top + innerHeight / 2}" text-anchor="middle" transform="rotate(-90 14 ${frame.top + innerHeight / 2})">${escaped(yLabel)}</text>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}

interface Axis {
  readonly from: number
  readonly to: number
  readonly ticks: readonly number[]
}

/** Between whole multiples of 1, 2 or 5 times a power of ten, about six of them. */
function axis(values: readonly number[]): Axis {
  const least = values.length === 0 ? 0 : Math.min(...values)
  const most = values.length === 0 ? 1 : Math.max(...values)
  const span = most - least || Math.abs(most) || 1
  const power = 10 ** Math.floor(Math.log10(span / 5))
  const step = power * ([1, 2, 5].find((factor) => span / (power * factor) <= 6) ?? 10)
  const from = Math.floor(least / step + 1e-9)
  const to = Math.max(from + 1, Math.ceil(most / step - 1e-9))
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step)
  return { from: from * step, to: to * step, ticks }
}

/** Of logarithms to base ten: from the least to the most, ticks at whole ones. */
function decades(logs: readonly number[]): Axis {
  const from = logs.length === 0 ? 0 : Math.min(...logs)
  const to = Math.max(from + 1e-6, logs.length === 0 ? 1 : Math.max(...logs))
  const [first, last] = [Math.ceil(from - 1e-9), Math.floor(to + 1e-9)]
  const ticks = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
  return { from, to, ticks }
}

const px = (value: number): string => String(Math.round(value * 10) / 10)
const label = (value: number): string => String(Number(value.toPrecision(6)))
const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
