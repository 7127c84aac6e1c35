import type { Snapshot } from '@gossamer/core'
import { count, rate } from '../../strings/format.ts'
import { roomWords } from '../../strings/room.ts'
import { Elapsed } from './elapsed.tsx'
import styles from './stats.module.css'

const words = roomWords.stats

/** The room in one line of figures. */
export function Stats({ snapshot, trainedMs }: { readonly snapshot: Snapshot; readonly trainedMs: number }) {
  const up = snapshot.peers.reduce((sum, peer) => sum + peer.rateUp, 0)
  const down = snapshot.peers.reduce((sum, peer) => sum + peer.rateDown, 0)
  const figures = [
    [words.peers, count(snapshot.peers.length)],
    [words.merges, count(snapshot.merges)],
    [words.steps, count(snapshot.steps)],
    [words.speed, count(snapshot.samplesPerSecond)],
    [words.down, rate(down)],
    [words.up, rate(up)],
  ] as const
  return (
    <dl className={styles.stats} aria-label={words.title}>
      {figures.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div>
        <dt>{words.elapsed}</dt>
        <dd>
          <Elapsed trainedMs={trainedMs} isRunning={snapshot.status === 'training'} />
        </dd>
      </div>
    </dl>
  )
}
