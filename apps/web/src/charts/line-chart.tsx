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
    const data = () => chartData(traces, shown.current.axis, shown.current.smoothing)
    const plot = new uPlot(
      plotOptions({
        traces,
        scale,
        size: { width: Math.max(element.clientWidth, 200), height: heightPx },
        axis: () => shown.current.axis,
        colour: (name) => getComputedStyle(element).getPropertyValue(name),
        mark,
        onReadout: (text) => {
          if (readout.current !== null) readout.current.textContent = text
        },
      }),
      data(),
      element,
    )
    let frame = 0
    const request = (): void => {
      frame ||= requestAnimationFrame(() => {
        frame = 0
        plot.setData(data())
      })
    }
    redraw.current = request
    const unsubscribe = subscribe(request)
    const resized = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0)
      if (width > 0 && width !== plot.width) plot.setSize({ width, height: heightPx })
    })
    resized.observe(element)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', request)
    return () => {
      cancelAnimationFrame(frame)
      unsubscribe()
      resized.disconnect()
      scheme.removeEventListener('change', request)
      plot.destroy()
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
