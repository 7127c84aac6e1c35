import type { PeerSnapshot } from '@gossamer/core'
import { useEffect, useRef, useState } from 'react'
import { roomWords } from '../../strings/room.ts'
import { classNames } from '../../ui/class-names.ts'
import styles from './peer-web.module.css'

const [width, height] = [560, 230]
const [centreX, centreY] = [width / 2, height / 2]
const [reachX, reachY] = [215, 74]

interface Place {
  readonly x: number
  readonly y: number
  readonly path: string
}

/** Places on an ellipse round the centre, each with a thread that hangs a little. */
function placeOf(index: number, count: number): Place {
  const angle =
    -Math.PI / 2 +
    (2 * Math.PI * (index + (count === 2 ? 0.25 : 0))) / count +
    (count === 1 ? Math.PI / 2 : 0)
  const x = centreX + reachX * Math.cos(angle)
  const y = centreY + reachY * Math.sin(angle)
  const sag = 16 + 6 * Math.sin(index * 2.1)
  return { x, y, path: `M${centreX} ${centreY}Q${(centreX + x) / 2} ${(centreY + y) / 2 + sag} ${x} ${y}` }
}

const idle: readonly Place[] = Array.from({ length: 6 }, (_, i) => placeOf(i, 6))

const mergedNow = ({ lastMergeMs }: PeerSnapshot): boolean => lastMergeMs !== undefined && lastMergeMs < 600

/** Counts up when the peer merges, at most once in three seconds: one drop for each count keeps the page calm. */
function usePulse(peer: PeerSnapshot): number {
  const [pulse, setPulse] = useState(0)
  const pulsedMs = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    if (!mergedNow(peer) || performance.now() - pulsedMs.current < 3000) return
    pulsedMs.current = performance.now()
    setPulse((before) => before + 1)
  }, [peer])
  return pulse
}

function Thread({ peer, place }: { readonly peer: PeerSnapshot; readonly place: Place }) {
  const { x, y, path } = place
  const pulse = usePulse(peer)
  return (
    <g className={classNames(styles.peer, peer.state !== 'connected' && styles.pale)}>
      <path d={path} />
      {pulse > 0 && (
        <g key={pulse}>
          <circle className={styles.drop} r="2.5" style={{ offsetPath: `path("${path}")` }} />
          <circle className={styles.dropBack} r="2.5" style={{ offsetPath: `path("${path}")` }} />
        </g>
      )}
      <circle className={styles.node} cx={x} cy={y} r="7" />
      <text x={x} y={y + (y < centreY - 10 ? -14 : 23)}>
        {peer.name === '' ? roomWords.peers.nameless : `\u2068${[...peer.name].slice(0, 16).join('')}\u2069`}
      </text>
    </g>
  )
}

/** This tab in the middle and a thread to each peer. Decorates the table beside it, which says the same in words. */
export function PeerWeb({ peers }: { readonly peers: readonly PeerSnapshot[] }) {
  const sorted = [...peers].sort((a, b) => (a.id < b.id ? -1 : 1))
  return (
    <svg className={styles.web} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {sorted.length === 0 &&
        idle.map(({ path, x, y }) => (
          <g key={path} className={styles.idle}>
            <path d={path} />
            <circle cx={x} cy={y} r="4" />
          </g>
        ))}
      <g transform={sorted.length === 1 ? `translate(${-reachX / 2} 0)` : undefined}>
        {sorted.map((peer, i) => (
          <Thread key={peer.id} peer={peer} place={placeOf(i, sorted.length)} />
        ))}
        <circle className={styles.you} cx={centreX} cy={centreY} r="10" />
        <text className={styles.youLabel} x={centreX} y={centreY + 28}>
          {roomWords.peers.you}
        </text>
      </g>
    </svg>
  )
}
