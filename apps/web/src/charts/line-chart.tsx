import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { type ChartView, chartData, type Mark, type Trace } from './chart-data.ts'
import styles from './line-chart.module.css'
import { plotOptions } from './plot-options.ts'

/** Live curves. Reads its traces when told of a change, at most once a frame; React renders it once. */
export function LineChart(props: {
  readonly traces: readonly Trace[]
  readonly view: ChartView
  /** `share` runs from 0 to 1 in percent; `positive` from 0 to what is needed. */
  readonly scale: 'share' | 'positive'
  readonly heightPx: number
  readonly mark?: Mark
  readonly subscribe: (listener: () => void) => () => void
  /** Everything that the picture says, in words. */
  readonly summary: string
}) {
  const { traces, view, scale, heightPx, mark, subscribe, summary } = props
  const host = useRef<HTMLDivElement>(null)
  const readout = useRef<HTMLParagraphElement>(null)
  const shown = useRef(view)
  const redraw = useRef(() => {})

  useEffect(() => {
    const element = host.current
    if (element === null) return
    const colours = new Map<string, string>()
    const colour = (property: string): string => {
      const known = colours.get(property) ?? getComputedStyle(element).getPropertyValue(property)
      colours.set(property, known)
      return known
    }
    const data = () => chartData(traces, shown.current.axis, shown.current.smoothing)
    const onReadout = (text: string): void => {
      if (readout.current !== null) readout.current.textContent = text
    }
    const axis = () => shown.current.axis

    let plot: uPlot | undefined
    let frame = 0
    const request = (): void => {
      frame ||= requestAnimationFrame(() => {
        frame = 0
        plot?.setData(data())
      })
    }
    redraw.current = request
    const unsubscribe = subscribe(request)
    // The first answer comes after layout: asking for the width here would force one.
    const resized = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0)
      if (width === 0 || width === plot?.width) return
      const size = { width, height: heightPx }
      if (plot === undefined)
        plot = new uPlot(plotOptions({ traces, scale, size, axis, colour, mark, onReadout }), data(), element)
      else plot.setSize(size)
    })
    resized.observe(element)
    const onScheme = (): void => {
      colours.clear()
      request()
    }
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', onScheme)
    return () => {
      cancelAnimationFrame(frame)
      unsubscribe()
      resized.disconnect()
      scheme.removeEventListener('change', onScheme)
      plot?.destroy()
    }
  }, [traces, scale, heightPx, mark, subscribe])

  useEffect(() => {
    shown.current = view
    redraw.current()
  }, [view])

  return (
    <figure className={styles.figure}>
      <div
        ref={host}
        className={styles.plot}
        role="img"
        aria-label={summary}
        style={{ blockSize: `${heightPx}px` }}
      />
      <p ref={readout} className={styles.readout} aria-hidden="true" />
    </figure>
  )
}
