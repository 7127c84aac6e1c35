import type { News } from '../node/effect.ts'
import type { LogEntry } from '../node/snapshot.ts'
import type { Clock } from '../ports.ts'

/** What happened, in order: the newest 200 entries. */
export interface Journal {
  add(news: News): void
  /** A new array after each addition, the same one in between. */
  entries(): readonly LogEntry[]
}

const kept = 200

/**
 * Merges with one neighbour that follow one another become one entry with their latest count, so that a busy
 * room does not push everything else out.
 */
export function createJournal(clock: Clock): Journal {
  let entries: readonly LogEntry[] = []
  let nextId = 1
  return {
    add: (news) => {
      const last = entries.at(-1)
      const isRepeat = news.type === 'merged' && last?.type === 'merged' && last.peer === news.peer
      const entry = { ...news, id: isRepeat ? last.id : nextId++, atMs: clock.now() } as LogEntry
      entries = [...(isRepeat ? entries.slice(0, -1) : entries.slice(1 - kept)), entry]
    },
    entries: () => entries,
  }
}
