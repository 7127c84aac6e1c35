import { memo, useEffect, useRef } from 'react'
import type { Holding } from '../../session/room.ts'
import { count } from '../../strings/format.ts'
import { roomWords } from '../../strings/room.ts'
import { classNames } from '../../ui/class-names.ts'
import { Panel } from '../../ui/panel.tsx'
import styles from './data-preview.module.css'

const words = roomWords.data
const [columns, rows, side, gap] = [6, 4, 28, 4]
const cell = side + gap

/** Draws the first examples as ink: black with the pixel as opacity, turned round by the style sheet in the dark. */
function drawSamples(canvas: HTMLCanvasElement, inputs: ArrayLike<number>, shown: number): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  context.clearRect(0, 0, canvas.width, canvas.height)
  for (let i = 0; i < shown; i++) {
    const image = context.createImageData(side, side)
    for (let pixel = 0; pixel < side * side; pixel++)
      image.data[4 * pixel + 3] = inputs[i * side * side + pixel] ?? 0
    context.putImageData(image, (i % columns) * cell, Math.floor(i / columns) * cell)
  }
}

function Preview({ holding }: { readonly holding: Holding }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { inputs, labels } = holding.train
  const shown = Math.min(columns * rows, labels.length)
  useEffect(() => {
    if (canvas.current !== null) drawSamples(canvas.current, inputs, shown)
  }, [inputs, shown])
  return (
    <figure className={styles.preview}>
      <canvas
        ref={canvas}
        width={columns * cell - gap}
        height={rows * cell - gap}
        role="img"
        aria-label={words.preview(shown, labels.length)}
      />
      <figcaption>{words.preview(shown, labels.length)}</figcaption>
    </figure>
  )
}

function Histogram({ counts }: { readonly counts: readonly number[] }) {
  const most = Math.max(1, ...counts)
  return (
    <div>
      <h3 className={styles.subtitle}>{words.histogram}</h3>
      <ul className={styles.histogram}>
        {counts.map((own, label) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the digit.
          <li key={label} className={classNames(own === 0 && styles.absent)}>
            <span className={styles.column} aria-hidden="true">
              <span style={{ blockSize: `${(100 * own) / most}%` }} />
            </span>
            <span className={styles.digit}>{label}</span>
            <span className="spoken">: </span>
            <span className={styles.count}>{count(own)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What this tab trains on: 24 examples, and how many there are of each digit. */
export const DataPreview = memo(function DataPreview(props: {
  readonly holding: Holding | undefined
  readonly className?: string | undefined
}) {
  const { holding } = props
  if (holding === undefined)
    return (
      <Panel title={words.title} className={props.className}>
        <p className={styles.note}>{words.fetching}</p>
      </Panel>
    )
  const counts = new Array<number>(10).fill(0)
  for (const label of holding.train.labels) counts[label] = (counts[label] ?? 0) + 1
  return (
    <Panel title={words.title} className={props.className}>
      <p>
        {holding.dealt ? words.dealt(holding.classes) : words.chosen(holding.classes)}{' '}
        <span className={styles.note}>{words.promise}</span>
      </p>
      <div className={styles.both}>
        <Preview holding={holding} />
        <Histogram counts={counts} />
      </div>
    </Panel>
  )
})
