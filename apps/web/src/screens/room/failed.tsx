import type { RoomState } from '../../session/room.ts'
import { roomWords } from '../../strings/room.ts'
import { Button } from '../../ui/button.tsx'
import styles from './failed.module.css'

const words = roomWords.failed

/** A room that did not open: why, and the way on. */
export function Failed({ state }: { readonly state: Extract<RoomState, { type: 'failed' }> }) {
  return (
    <section className={styles.failed} role="alert">
      <h1>{state.of === 'data' ? words.data : words.session}</h1>
      <p>{state.of === 'data' ? words.dataNext : words.sessionNext}</p>
      <p className={styles.detail}>{state.detail}</p>
      <div className={styles.actions}>
        <Button look="primary" onClick={() => window.location.reload()}>
          {words.retry}
        </Button>
        <a href="#/">{words.home}</a>
      </div>
    </section>
  )
}
