import type { CodecName } from '../codec/codec.ts'

/** What peers say to one another. PROTOCOL.md gives the bytes; `encode` and `decode` turn them into these and back. */
export type Message =
  /** The first message of each side; nothing else counts before it. */
  | {
      readonly type: 'hello'
      readonly version: number
      readonly taskId: string
      readonly fingerprint: string
      readonly name: string
      readonly samples: number
      readonly steps: number
    }
  /** `stamp` comes back in the pong: the sender's clock in milliseconds, meaningless to others. */
  | { readonly type: 'ping'; readonly stamp: number; readonly steps: number }
  | { readonly type: 'pong'; readonly stamp: number; readonly steps: number }
  /** Bulk bytes consumed on this link so far: lets the other side send up to a window beyond them. */
  | { readonly type: 'credit'; readonly bytes: number }
  /** An exchange too large to be pushed: may it come? */
  | { readonly type: 'announce'; readonly id: number; readonly bytes: number }
  | { readonly type: 'want'; readonly id: number }
  /** Half of an exchange: the asker's weights; a `reply` with the same id, or `busy`, answers. */
  | ({ readonly type: 'ask'; readonly id: number } & Weights)
  | ({ readonly type: 'reply'; readonly id: number } & Weights)
  | { readonly type: 'busy'; readonly id: number }
  /** A newcomer asks for the served model; `model` or `busy` answers. */
  | { readonly type: 'pull'; readonly id: number }
  | ({ readonly type: 'model'; readonly id: number } & Weights)
  /** Weights that nobody asked for and that want no answer. `mass` travels with them (push-sum); otherwise 1. */
  | ({ readonly type: 'push'; readonly mass: number } & Weights)

export type MessageType = Message['type']

/** Which of a peer's two models travels: the replica that trains, or the average that it serves. */
export type Subject = 'own' | 'served'

export interface Weights {
  readonly subject: Subject
  readonly codec: CodecName
  /** Steps the sender has trained. */
  readonly steps: number
  /** Examples it trains on; of a served model, those that it stands for in the final merge, in 1/256 of one. */
  readonly samples: number
  readonly payload: Uint8Array
}

export const protocolVersion = 1

/** Messages that carry weights travel on the bulk lane, all others on the control lane. */
export const carriesWeights = (message: Message): message is Message & Weights =>
  message.type === 'ask' || message.type === 'reply' || message.type === 'model' || message.type === 'push'
