import type { LogEntry } from '@gossamer/core'
import { counted } from './format.ts'
import { problemTexts } from './problems.ts'
import { refusalText } from './reasons.ts'

const statusSentences: Readonly<Record<Extract<LogEntry, { type: 'status' }>['status'], string>> = {
  idle: 'The room is open.',
  training: 'Training began.',
  paused: 'Training paused.',
  settling: 'Agreeing on one model with the neighbours.',
  left: 'Left the room.',
  failed: 'Training stopped.',
}

const signalingSentences: Readonly<Record<Extract<LogEntry, { type: 'signaling' }>['status'], string>> = {
  connected: 'The introducing server is connected.',
  retrying: 'The introducing server went away; peers stay connected, and it is tried again.',
  off: 'No introducing server is used.',
}

/** Wrapped in first-strong isolates, so that a name cannot turn the sentence round. */
const named = (name: string): string => (name === '' ? 'a nameless peer' : `\u2068${name}\u2069`)

/** One line of the log. Names come from peers: show it as text, never as markup. */
export function logSentence(entry: LogEntry): string {
  switch (entry.type) {
    case 'peer-up':
      return `Connected to ${named(entry.name)}.`
    case 'peer-down':
      return `${named(entry.name)} is gone.`
    case 'peer-suspect':
      return `${named(entry.name)} has gone quiet.`
    case 'merged':
      return entry.count <= 1
        ? `Merged with ${named(entry.name)}.`
        : `Merged with ${named(entry.name)}, ${counted(entry.count, 'time')} so far.`
    case 'adopted':
      return `Began from the model of ${named(entry.name)}.`
    case 'rejected':
      return `Refused something from ${named(entry.name)}: ${refusalText(entry.reason)}.`
    case 'status':
      return statusSentences[entry.status]
    case 'backend':
      return `Training on ${entry.name}. ${entry.why.replace(/\.?$/, '.')}`
    case 'signaling':
      return signalingSentences[entry.status]
    case 'problem':
      return problemTexts[entry.code].sentence
  }
}
