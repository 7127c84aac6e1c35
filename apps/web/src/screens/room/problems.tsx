import type { Problem } from '@gossamer/core'
import { problemTexts, slowerLabel } from '../../strings/problems.ts'
import { roomWords } from '../../strings/room.ts'
import { Button } from '../../ui/button.tsx'
import styles from './problems.module.css'

/** Conditions that hold now: what each means, and what to do. */
export function Problems({
  problems,
  onSlower,
}: {
  readonly problems: readonly Problem[]
  readonly onSlower: (learningRate: number) => void
}) {
  if (problems.length === 0) return null
  return (
    <section className={styles.problems} aria-label={roomWords.problems}>
      {problems.map(({ code, detail, learningRate }) => {
        const { sentence, action, weight } = problemTexts[code]
        return (
          <div key={code} className={styles.problem} data-weight={weight}>
            <p>
              <strong>{sentence}</strong> {action}
            </p>
            {detail !== '' && <p className={styles.detail}>{detail}</p>}
            {learningRate !== undefined && (
              <Button onClick={() => onSlower(learningRate)}>{slowerLabel(learningRate)}</Button>
            )}
          </div>
        )
      })}
    </section>
  )
}
