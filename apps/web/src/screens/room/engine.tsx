import type { Snapshot } from '@gossamer/core'
import { counted } from '../../strings/format.ts'
import { roomWords } from '../../strings/room.ts'
import { Panel } from '../../ui/panel.tsx'
import styles from './facts.module.css'

const words = roomWords.engine

const orDash = (text: string): string => (text === '' ? words.pending : text)

/** On what this tab trains, and why on that. */
export function Engine({ name, snapshot }: { readonly name: string; readonly snapshot: Snapshot }) {
  const { backend, epochs, everySteps, signaling, peerId } = snapshot
  const facts = [
    [words.backend, orDash(backend.name)],
    [words.adapter, orDash(backend.adapter)],
    [words.why, orDash(backend.why)],
    [words.epochs, epochs.toFixed(1)],
    [words.every, counted(everySteps, 'step')],
    [words.signaling, words.signalingStates[signaling]],
    [words.you, `${name} (${peerId.slice(0, 8)})`],
  ] as const
  return (
    <Panel title={words.title}>
      <dl className={styles.facts}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
