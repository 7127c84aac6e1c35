import type { Snapshot } from '@gossamer/core'
import { useId, useMemo, useState } from 'react'
import type { Axis, ChartView, Mark, Trace } from '../../charts/chart-data.ts'
import { LineChart } from '../../charts/line-chart.tsx'
import type { Room } from '../../session/room.ts'
import { meanOver, unseenClasses } from '../../session/unseen.ts'
import { percent } from '../../strings/format.ts'
import { accuracySummary, lossSummary, roomWords } from '../../strings/room.ts'
import { classNames } from '../../ui/class-names.ts'
import { Panel } from '../../ui/panel.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import styles from './curves.module.css'

const words = roomWords.curves

function LegendItem(props: {
  readonly colour: string | undefined
  readonly label: string
  readonly value: string
  readonly isDashed?: boolean
}) {
  return (
    <li className={props.colour}>
      <span className={classNames(styles.swatch, props.isDashed && styles.dashed)} aria-hidden="true" />
      {props.label} <b>{props.value}</b>
    </li>
  )
}

/** Live curves of accuracy and loss. */
export function Curves({ room, snapshot }: { readonly room: Room; readonly snapshot: Snapshot }) {
  const { history } = room
  const [axis, setAxis] = useState<Axis>('steps')
  const [smoothing, setSmoothing] = useState(0.3)
  const sliderId = useId()
  const view = useMemo<ChartView>(() => ({ axis, smoothing }), [axis, smoothing])
  const { accuracyTraces, lossTraces, mark, quietMark } = useMemo(
    () => ({
      accuracyTraces: [
        { label: words.mine, colour: '--mine', series: history.mine },
        { label: words.unseen, colour: '--unseen', series: history.unseen, isDashed: true },
        { label: words.merged, colour: '--merged', series: history.merged },
      ] satisfies readonly Trace[],
      lossTraces: [
        { label: words.lossTrace, colour: '--mine', series: history.loss, hasBand: true },
      ] satisfies readonly Trace[],
      mark: { label: words.firstMerge, at: (by) => history.firstMerge()?.[by] } satisfies Mark,
      quietMark: { label: '', at: (by) => history.firstMerge()?.[by] } satisfies Mark,
    }),
    [history],
  )
  const { steps, own, served, ownClassCounts } = snapshot
  const unseenLabels = unseenClasses(ownClassCounts)
  const unseen = meanOver(served?.perClass, unseenLabels)
  const shown = (value: number | undefined): string => (value === undefined ? '–' : percent(value))
  return (
    <Panel
      title={words.title}
      aside={
        <div className={styles.controls}>
          <label className={styles.slider} htmlFor={sliderId}>
            {words.smoothing}
            <input
              id={sliderId}
              type="range"
              min="0"
              max="0.95"
              step="0.05"
              value={smoothing}
              onChange={(event) => setSmoothing(Number(event.target.value))}
            />
          </label>
          <Segmented<Axis>
            label={words.axis}
            options={[
              { value: 'steps', label: words.bySteps },
              { value: 'seconds', label: words.byTime },
            ]}
            value={axis}
            onChange={setAxis}
          />
        </div>
      }
    >
      <div className={styles.caption}>
        <h3>{words.accuracy}</h3>
        <ul className={styles.legend}>
          <LegendItem colour={styles.merged} label={words.merged} value={shown(served?.accuracy)} />
          <LegendItem colour={styles.mine} label={words.mine} value={shown(own.accuracy)} />
          {unseenLabels.length > 0 && (
            <LegendItem colour={styles.unseen} label={words.unseen} value={shown(unseen)} isDashed />
          )}
        </ul>
      </div>
      <LineChart
        traces={accuracyTraces}
        view={view}
        scale="share"
        heightPx={330}
        mark={mark}
        subscribe={room.onRecord}
        summary={accuracySummary({ steps, mine: own.accuracy, merged: served?.accuracy, unseen })}
      />
      <div className={styles.caption}>
        <h3>{words.loss}</h3>
        <ul className={styles.legend}>
          <LegendItem
            colour={styles.mine}
            label={words.mine}
            value={Number.isFinite(own.loss) ? own.loss.toFixed(3) : '–'}
          />
        </ul>
      </div>
      <LineChart
        traces={lossTraces}
        view={view}
        scale="positive"
        heightPx={185}
        mark={quietMark}
        subscribe={room.onRecord}
        summary={lossSummary(steps, own.loss)}
      />
    </Panel>
  )
}
