import type { PeerId } from '../ports.ts'
import type { Message, Subject, Weights } from '../wire/message.ts'
import type { LogEntry } from './snapshot.ts'

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** A log entry before it got its number and time. */
export type News = Without<LogEntry, 'id' | 'atMs'>

/** What a node wants done. Those of the first group use the trainer; each is answered by exactly one event. */
export type Effect =
  /** Answered by `trained`. */
  | { readonly type: 'train'; readonly steps: number }
  /** Send own weights as an `ask` and remember what was sent; answered by `offered`. */
  | { readonly type: 'offer'; readonly to: PeerId; readonly id: number; readonly subject: Subject }
  /** Send own weights to each as a `push`; answered by `offered`. */
  | { readonly type: 'spread'; readonly to: readonly PeerId[] }
  /** Reply with own weights, then merge theirs; answered by `merged`. */
  | { readonly type: 'answer'; readonly from: PeerId; readonly id: number; readonly weights: Weights }
  /** Merge a reply relative to what was sent; answered by `merged`. */
  | { readonly type: 'absorb'; readonly from: PeerId; readonly weights: Weights }
  /** Merge a `push`, or keep it for an own exchange; answered by `merged`. */
  | { readonly type: 'take'; readonly from: PeerId; readonly weights: Weights; readonly mass: number }
  /** Merge what was kept for own exchanges; answered by `gathered`. */
  | { readonly type: 'gather'; readonly neighbours: readonly PeerId[] }
  /** Take a neighbour's served model as the start; answered by `merged`. */
  | { readonly type: 'adopt'; readonly from: PeerId; readonly weights: Weights }
  /** Send a model and merge nothing; answered by `gave`. */
  | {
      readonly type: 'give'
      readonly to: PeerId
      readonly id: number
      readonly as: 'model' | 'reply'
      readonly subject: Subject
    }
  /** The served model becomes the training replica; answered by `settled`. */
  | { readonly type: 'keep-served' }
  // the rest is done at once
  /** The exchange is given up: take back what of it was not sent yet. */
  | { readonly type: 'forget-offer'; readonly to: PeerId }
  | { readonly type: 'send'; readonly to: PeerId; readonly message: Message }
  | { readonly type: 'find'; readonly count: number }
  | { readonly type: 'connect'; readonly peer: PeerId }
  | { readonly type: 'disconnect'; readonly peer: PeerId }
  | { readonly type: 'wake'; readonly afterMs: number }
  | { readonly type: 'tell'; readonly news: News }
  /** Leave the room: say goodbye and close the transport. */
  | { readonly type: 'close' }

/** The next state, and what to do. */
export type Transition<State> = readonly [State, readonly Effect[]]
