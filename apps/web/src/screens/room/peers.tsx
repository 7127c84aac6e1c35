import type { PeerSnapshot } from '@gossamer/core'
import type { ReactNode } from 'react'
import { ago, bytes, count, rate, roundPercent } from '../../strings/format.ts'
import { roomWords } from '../../strings/room.ts'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PeerWeb } from './peer-web.tsx'
import styles from './peers.module.css'

const words = roomWords.peers

function Flow(props: { readonly rate: number; readonly total: number }) {
  return (
    <>
      {rate(props.rate)}
      <small>{words.inAll(bytes(props.total))}</small>
    </>
  )
}

/** Column by column: a title, and what it shows of a peer. */
const columns: readonly (readonly [string, (peer: PeerSnapshot) => ReactNode])[] = [
  [words.state, (peer) => <span data-state={peer.state}>{words.states[peer.state]}</span>],
  [words.rtt, (peer) => (peer.rttMs === undefined ? words.unknown : `${Math.round(peer.rttMs)} ms`)],
  [words.down, (peer) => <Flow rate={peer.rateDown} total={peer.bytesDown} />],
  [words.up, (peer) => <Flow rate={peer.rateUp} total={peer.bytesUp} />],
  [words.steps, (peer) => count(peer.steps)],
  [words.lastMerge, (peer) => (peer.lastMergeMs === undefined ? words.never : ago(peer.lastMergeMs))],
  [words.standing, (peer) => roundPercent(peer.score)],
]

function PeerTable({ peers }: { readonly peers: readonly PeerSnapshot[] }) {
  return (
    <table className={styles.table}>
      <caption className="spoken">{words.title}</caption>
      <thead>
        <tr>
          <th scope="col">{words.name}</th>
          {columns.map(([title]) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {peers.map((peer) => (
          <tr key={peer.id}>
            <th scope="row">
              <bdi>{peer.name === '' ? words.nameless : peer.name}</bdi>
              <small>{peer.id.slice(0, 8)}</small>
            </th>
            {columns.map(([title, show]) => (
              <td key={title} data-title={title}>
                {show(peer)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export function Peers(props: {
  readonly peers: readonly PeerSnapshot[]
  /** What they exchange by, as a sentence. */
  readonly rule: string
  readonly onInvite: () => void
  readonly className?: string | undefined
}) {
  const { peers } = props
  return (
    <Panel title={words.title} className={props.className}>
      <div className={styles.both}>
        <PeerWeb peers={peers} />
        {peers.length === 0 ? (
          <div className={styles.nobody}>
            <p className={styles.headline}>{words.nobody}</p>
            <p className={styles.note}>{words.nobodyNote}</p>
            <Button onClick={props.onInvite}>{roomWords.invite}</Button>
          </div>
        ) : (
          <div className={styles.scroll}>
            <PeerTable peers={peers} />
          </div>
        )}
      </div>
      <p className={styles.rule}>{props.rule}</p>
    </Panel>
  )
}
