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
 * room does not push everything else out. Adding is cheap; a copy is made only for those who look.
 */
export function createJournal(clock: Clock): Journal {
  let entries: LogEntry[] = []
  let shown: readonly LogEntry[] | undefined
  let nextId = 1
  return {
    add: (news) => {
      const last = entries.at(-1)
      const isRepeat = news.type === 'merged' && last?.type === 'merged' && last.peer === news.peer
      const entry = { ...news, id: isRepeat ? last.id : nextId++, atMs: clock.now() } as LogEntry
      if (isRepeat) entries[entries.length - 1] = entry
      else entries.push(entry)
      if (entries.length > 2 * kept) entries = entries.slice(-kept)
      shown = undefined
    },
    entries: () => {
      shown ??= entries.slice(-kept)
      return shown
    },
  }
}
