import { useState } from 'react'
import { modelFiles, saveFiles } from '../../session/download-model.ts'
import type { Room } from '../../session/room.ts'
import { roomWords } from '../../strings/room.ts'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import styles from './facts.module.css'

const words = roomWords.model

type Deed = 'download' | 'settle'

/** Takes the model away, or ends training with one model for all. */
export function ModelActions(props: {
  readonly room: Room
  readonly canSettle: boolean
  readonly className?: string | undefined
}) {
  const { room, canSettle } = props
  const [busy, setBusy] = useState<Deed>()
  const [outcome, setOutcome] = useState('')

  const run = async (deed: Deed, act: () => Promise<string>): Promise<void> => {
    setBusy(deed)
    setOutcome('')
    try {
      setOutcome(await act())
    } catch (error) {
      setOutcome(words.failed(error instanceof Error ? error.message : String(error)))
    } finally {
      setBusy(undefined)
    }
  }
  const download = async (): Promise<string> => {
    saveFiles(modelFiles(await room.exportModel()))
    return words.downloaded
  }
  const settle = async (): Promise<string> => {
    await room.settle()
    return words.settled
  }

  return (
    <Panel title={words.title} className={props.className}>
      <div className={styles.actions}>
        <div className={styles.action}>
          <Button disabled={busy !== undefined} onClick={() => run('download', download)}>
            {busy === 'download' ? words.downloading : words.download}
          </Button>
          <p className={styles.note}>{words.downloadNote}</p>
        </div>
        <div className={styles.action}>
          <Button disabled={!canSettle || busy !== undefined} onClick={() => run('settle', settle)}>
            {busy === 'settle' ? words.settling : words.settle}
          </Button>
          <p className={styles.note}>{words.settleNote}</p>
        </div>
      </div>
      <p className={styles.outcome} role="status">
        {outcome}
      </p>
    </Panel>
  )
}
