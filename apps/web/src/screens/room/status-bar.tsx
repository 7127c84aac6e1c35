import type { RoomState } from '../../session/room.ts'
import { roomWords } from '../../strings/room.ts'
import { situationOf, situationWords, statusSentence } from '../../strings/status.ts'
import { Brand } from '../../ui/brand.tsx'
import { Button } from '../../ui/button.tsx'
import styles from './status-bar.module.css'

/** The sticky line: what is going on, and the three things one does about it. */
export function StatusBar(props: {
  readonly state: RoomState
  readonly onStartOrPause: () => void
  readonly onInvite: () => void
  readonly onHelp: () => void
}) {
  const { state } = props
  const situation = situationOf(state)
  const status = state.type === 'open' ? state.snapshot.status : undefined
  const isRunning = status === 'training'
  const canRun = isRunning || status === 'idle' || status === 'paused'
  return (
    <header className={styles.bar}>
      <div className={styles.brand}>
        <Brand />
      </div>
      <div className={styles.status} data-situation={situation}>
        <span className={styles.word}>
          <span className={styles.dot} aria-hidden="true" />
          {situationWords[situation]}
        </span>
        <p className={styles.sentence}>{statusSentence(state)}</p>
      </div>
      <div className={styles.actions}>
        <Button
          look="primary"
          className={styles.run}
          disabled={!canRun}
          aria-keyshortcuts="p"
          onClick={props.onStartOrPause}
        >
          {isRunning ? roomWords.pause : status === 'paused' ? roomWords.resume : roomWords.start}
        </Button>
        <Button disabled={state.type !== 'open'} aria-keyshortcuts="i" onClick={props.onInvite}>
          {roomWords.invite}
        </Button>
        <Button look="quiet" aria-keyshortcuts="?" aria-label={roomWords.help} onClick={props.onHelp}>
          ?
        </Button>
      </div>
    </header>
  )
}
