import type { Snapshot } from '@gossamer/core'
import { bytes, count } from '../../strings/format.ts'
import { kindText, reasonText } from '../../strings/reasons.ts'
import { roomWords } from '../../strings/room.ts'
import { Panel } from '../../ui/panel.tsx'
import styles from './facts.module.css'

const words = roomWords.traffic

/** Every byte by what it was for, and everything that was turned away by why. */
export function Traffic({ snapshot }: { readonly snapshot: Snapshot }) {
  const kinds = Object.entries(snapshot.bytes.byKind)
    .filter(([, { up, down }]) => up + down > 0)
    .sort(([, a], [, b]) => b.up + b.down - (a.up + a.down))
  const rejected = Object.entries(snapshot.rejected).filter(([, times]) => times > 0)
  return (
    <Panel title={words.title}>
      {kinds.length === 0 ? (
        <p className={styles.note}>{words.none}</p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{words.kind}</th>
              <th scope="col">{words.sent}</th>
              <th scope="col">{words.received}</th>
            </tr>
          </thead>
          <tbody>
            {kinds.map(([kind, { up, down }]) => (
              <tr key={kind}>
                <th scope="row">{kindText(kind)}</th>
                <td>{bytes(up)}</td>
                <td>{bytes(down)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{words.total}</th>
              <td>{bytes(snapshot.bytes.up)}</td>
              <td>{bytes(snapshot.bytes.down)}</td>
            </tr>
          </tfoot>
        </table>
      )}
      <p className={styles.note}>{words.note}</p>
      <h3 className={styles.subtitle}>{words.rejected}</h3>
      {rejected.length === 0 ? (
        <p className={styles.note}>{words.noneRejected}</p>
      ) : (
        <dl className={styles.list}>
          {rejected.map(([reason, times]) => (
            <div key={reason}>
              <dt>{reasonText(reason)}</dt>
              <dd>{count(times)}</dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  )
}
