import type { LogEntry } from '@gossamer/core'
import { memo, useEffect, useRef, useState } from 'react'
import { clock } from '../../strings/format.ts'
import { logSentence } from '../../strings/log.ts'
import { roomWords } from '../../strings/room.ts'
import { Panel } from '../../ui/panel.tsx'
import styles from './event-log.module.css'

const announceMs = 5000

/** What to read aloud of the newest entries: at most three sentences, and only every five seconds. */
function useAnnouncement(entries: readonly LogEntry[]): string {
  const [text, setText] = useState('')
  const newest = useRef(entries)
  useEffect(() => {
    newest.current = entries
  }, [entries])
  useEffect(() => {
    let read = newest.current.at(-1)?.id ?? -1
    const timer = setInterval(() => {
      const fresh = newest.current.filter(({ id }) => id > read)
      if (fresh.length === 0) return
      read = fresh.at(-1)?.id ?? read
      setText([...new Set(fresh.map(logSentence))].slice(-3).join(' '))
    }, announceMs)
    return () => clearInterval(timer)
  }, [])
  return text
}

/** The newest entry first. The list itself is quiet; a region of its own reads it aloud in portions. */
export const EventLog = memo(
  function EventLog({ entries }: { readonly entries: readonly LogEntry[] }) {
    const [originMs] = useState(entries[0]?.atMs ?? 0)
    const announcement = useAnnouncement(entries)
    return (
      <Panel title={roomWords.log.title}>
        <p className="spoken" aria-live="polite">
          {announcement}
        </p>
        <div
          className={styles.log}
          role="log"
          aria-live="off"
          aria-label={roomWords.log.title}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
          tabIndex={0}
        >
          {entries.length === 0 ? (
            <p className={styles.empty}>{roomWords.log.empty}</p>
          ) : (
            <ol>
              {entries.toReversed().map((entry) => (
                <li key={entry.id} data-type={entry.type}>
                  <time>{clock(Math.max(0, entry.atMs - originMs))}</time>
                  <span>{logSentence(entry)}</span>
                </li>
              ))}
            </ol>
          )}
        </div>
      </Panel>
    )
  },
  (before, after) => {
    const [a, b] = [before.entries.at(-1), after.entries.at(-1)]
    return a?.id === b?.id && (a === undefined || b === undefined || logSentence(a) === logSentence(b))
  },
)
