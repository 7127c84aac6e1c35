import type { Snapshot } from '@gossamer/core'
import { meanOver, unseenClasses } from '../../session/unseen.ts'
import { roundPercent } from '../../strings/format.ts'
import { classSummary, roomWords } from '../../strings/room.ts'
import { story } from '../../strings/story.ts'
import { classNames } from '../../ui/class-names.ts'
import { Panel } from '../../ui/panel.tsx'
import styles from './knowledge.module.css'

const words = roomWords.knowledge

const known = (perClass: readonly number[] | undefined, label: number): number | undefined => {
  const accuracy = perClass?.[label]
  return accuracy === undefined || Number.isNaN(accuracy) ? undefined : accuracy
}

function Bar({
  share,
  className,
}: {
  readonly share: number | undefined
  readonly className: string | undefined
}) {
  return (
    <span className={styles.track}>
      <span className={classNames(styles.bar, className)} style={{ transform: `scaleX(${share ?? 0})` }} />
    </span>
  )
}

function ClassRow(props: {
  readonly label: number
  readonly isUnseen: boolean
  readonly mine: number | undefined
  readonly merged: number | undefined
}) {
  const { label, mine, merged } = props
  return (
    <li className={styles.row}>
      <span className="spoken">{classSummary(props)}</span>
      <span className={styles.digit} aria-hidden="true">
        {label}
      </span>
      <span className={styles.bars} aria-hidden="true">
        <Bar share={mine} className={styles.mine} />
        <Bar share={merged} className={styles.merged} />
      </span>
      <span className={styles.values} aria-hidden="true">
        <span className={styles.mineValue}>{mine === undefined ? '–' : roundPercent(mine)}</span>
        <span className={styles.mergedValue}>{merged === undefined ? '–' : roundPercent(merged)}</span>
      </span>
    </li>
  )
}

/** The moment that explains the product: digits that are not in this tab's data rise from 0 % after the first merges. */
export function Knowledge({ snapshot }: { readonly snapshot: Snapshot }) {
  const { own, served, merges, peers, ownClassCounts } = snapshot
  const unseen = unseenClasses(ownClassCounts)
  const seen = [...ownClassCounts.keys()].filter((label) => !unseen.includes(label))
  const sentence = story({
    unseen,
    unseenAccuracy: meanOver(served?.perClass, unseen),
    merges,
    peers: peers.filter(({ lastMergeMs }) => lastMergeMs !== undefined).length,
  })
  const rows = (labels: readonly number[], isUnseen: boolean) =>
    labels.map((label) => (
      <ClassRow
        key={label}
        label={label}
        isUnseen={isUnseen}
        mine={known(own.perClass, label)}
        merged={known(served?.perClass, label)}
      />
    ))
  return (
    <Panel title={words.title}>
      <p className={styles.story}>{ownClassCounts.length === 0 ? '' : sentence}</p>
      <dl className={styles.legend}>
        <div>
          <dt className={styles.mineValue}>{words.mine}</dt>
          <dd>{words.legendMine}</dd>
        </div>
        <div>
          <dt className={styles.mergedValue}>{words.merged}</dt>
          <dd>{words.legendMerged}</dd>
        </div>
      </dl>
      {unseen.length > 0 && (
        <div className={styles.unseen}>
          <h3>{words.unseen}</h3>
          <ul>{rows(unseen, true)}</ul>
        </div>
      )}
      {seen.length > 0 && (
        <div className={styles.seen}>
          <h3>{words.seen}</h3>
          <ul>{rows(seen, false)}</ul>
        </div>
      )}
    </Panel>
  )
}
