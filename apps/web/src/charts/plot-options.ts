import type uPlot from 'uplot'
import { clock, count, roundPercent, significant } from '../strings/format.ts'
import type { Axis, Mark, Trace } from './chart-data.ts'

interface PlotInput {
  readonly traces: readonly Trace[]
  readonly scale: 'share' | 'positive'
  readonly size: { readonly width: number; readonly height: number }
  readonly axis: () => Axis
  readonly colour: (property: string) => string
  readonly mark: Mark | undefined
  /** What lies under the pointer, in words; '' when it has left. */
  readonly onReadout: (text: string) => void
}

const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif'

const faint = (colour: string, alpha: number): string => colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`)

const xText = (axis: Axis, value: number): string => (axis === 'steps' ? count(value) : clock(value * 1000))

/** The options of a chart in the app's own look; colours are asked for at every draw, so a change of theme shows. */
export function plotOptions({
  traces,
  scale,
  size,
  axis,
  colour,
  mark,
  onReadout,
}: PlotInput): uPlot.Options {
  const yText = scale === 'share' ? roundPercent : significant
  const line = {
    stroke: () => colour('--text-soft'),
    font,
    ticks: { show: false },
    grid: { stroke: () => colour('--line'), width: 1 },
  }
  let next = 1
  const means = new Map<number, Trace>()
  const bands: uPlot.Band[] = []
  const series: uPlot.Series[] = [{}]
  for (const trace of traces) {
    means.set(next, trace)
    series.push({
      label: trace.label,
      stroke: () => colour(trace.colour),
      width: trace.isDashed === true ? 1.5 : 2,
      spanGaps: true,
      points: { show: false },
      ...(trace.isDashed === true ? { dash: [2, 5], cap: 'round' as const } : {}),
    })
    next += 1
    if (trace.hasBand !== true) continue
    const edge: uPlot.Series = { stroke: 'transparent', width: 0, spanGaps: true, points: { show: false } }
    series.push(edge, edge)
    bands.push({ series: [next + 1, next], fill: () => faint(colour(trace.colour), 0.16) })
    next += 2
  }

  const drawMark = (plot: uPlot): void => {
    const at = mark?.at(axis())
    const { min, max } = plot.scales.x ?? {}
    if (mark === undefined || at === undefined || min == null || max == null || at < min || at > max) return
    const x = plot.valToPos(at, 'x', true)
    const { ctx, bbox } = plot
    const ratio = devicePixelRatio
    ctx.save()
    ctx.strokeStyle = colour('--line-strong')
    ctx.fillStyle = colour('--text-soft')
    ctx.lineWidth = ratio
    ctx.setLineDash([ratio * 2, ratio * 4])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    if (mark.label === '') {
      ctx.restore()
      return
    }
    ctx.font = font.replace('12px', `${12 * ratio}px`)
    const isRight = x > bbox.left + bbox.width * 0.75
    ctx.textAlign = isRight ? 'right' : 'left'
    ctx.fillText(mark.label, x + (isRight ? -6 : 6) * ratio, bbox.top + 14 * ratio)
    ctx.restore()
  }

  const readOut = (plot: uPlot): void => {
    const row = plot.cursor.idx
    const x = row == null ? undefined : plot.data[0][row]
    if (row == null || x === undefined) {
      onReadout('')
      return
    }
    const values = [...means].flatMap(([index, { label }]) => {
      const value = plot.data[index]?.[row]
      return value == null ? [] : [`${label} ${yText(value)}`]
    })
    onReadout([axis() === 'steps' ? `step ${count(x)}` : xText('seconds', x), ...values].join(' · '))
  }

  return {
    ...size,
    series,
    bands,
    legend: { show: false },
    padding: [10, 12, 0, 0],
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: (_, _min, max) => [0, Math.max(max ?? 0, axis() === 'steps' ? 50 : 10)] },
      y: {
        range:
          scale === 'share' ? [0, 1] : (_, _min, max) => [0, max == null ? 2.5 : Math.max(max * 1.05, 0.1)],
      },
    },
    axes: [
      {
        ...line,
        grid: { show: false },
        size: 28,
        space: 70,
        values: (_, ticks) => ticks.map((x) => xText(axis(), x)),
      },
      { ...line, size: 46, space: 36, values: (_, ticks) => ticks.map((y) => yText(y)) },
    ],
    hooks: { draw: [drawMark], setCursor: [readOut] },
  }
}
