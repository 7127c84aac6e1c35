/**
 * What peers and the signaling server say to each other: JSON texts of at most 16 KiB over one WebSocket.
 *
 * The server opens with `challenge`; nothing but a signed `hello` is accepted before it is answered. After
 * `welcome` a connection joins rooms by their topic, and from then on every message names its topic. `box` is
 * opaque: peers seal what they put there, the server only passes it on.
 */
import * as v from 'valibot'

export const maxMessageBytes: number = 16 * 1024

/** What `hello` signs, as UTF-8. */
export const helloText = (nonce: string): string => `gossamer-hello:${nonce}`

const hex = (characters: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${characters}}$`)))
const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most))
const text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most))

/** Lower-case hex of an Ed25519 public key. */
const peer = hex(64)
/** A room's opaque name; peers use the SHA-256 of namespace, task and room secret. */
const topic = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))
const box = text(15 * 1024)
const seat = count(1_000_000)
const milliseconds = count(3_600_000)

const iceServer = v.object({
  urls: v.union([text(256), v.pipe(v.array(text(256)), v.minLength(1), v.maxLength(8))]),
  username: v.exactOptional(text(256)),
  credential: v.exactOptional(text(256)),
})

export const errorCodes = [
  'not-json',
  'bad-message',
  'too-large',
  'not-authenticated',
  'already-authenticated',
  'bad-signature',
  'bad-token',
  'hello-timeout',
  /** The peer is in that room over another connection, and `resume` does not prove that to be the same peer. */
  'peer-in-use',
  'not-joined',
  'too-many-rooms',
  'room-full',
  'too-many-messages',
  'too-many-joins',
  'too-many-connections',
] as const

export const clientMessage = v.variant('type', [
  v.object({
    type: v.literal('hello'),
    peer,
    /** Ed25519 over `helloText(nonce)`, hex. */
    signature: hex(128),
    /** Where the server asks for one. */
    token: v.exactOptional(text(256)),
  }),
  v.object({
    type: v.literal('join'),
    topic,
    /** How many peers are wished for in the answer. */
    want: count(16),
    /** From an earlier `welcome`: takes over from the connection that got it. */
    resume: v.exactOptional(text(64)),
    /** The seat held before; given again if it is free. */
    seat: v.exactOptional(seat),
  }),
  v.object({ type: v.literal('signal'), topic, to: peer, box }),
  v.object({ type: v.literal('need'), topic, count: count(16) }),
  v.object({ type: v.literal('leave'), topic }),
])

export const serverMessage = v.variant('type', [
  v.object({ type: v.literal('challenge'), nonce: text(64) }),
  v.object({
    type: v.literal('welcome'),
    peer,
    resume: text(64),
    ice: v.pipe(v.array(iceServer), v.maxLength(8)),
    /** How often the server pings; a client that hears nothing for twice as long may call the link dead. */
    pingMs: milliseconds,
  }),
  /** Answers `join` (then with a seat) and `need`. */
  v.object({
    type: v.literal('peers'),
    topic,
    sample: v.pipe(v.array(peer), v.maxLength(16)),
    seat: v.exactOptional(seat),
  }),
  v.object({ type: v.literal('signal'), topic, from: peer, box }),
  v.object({ type: v.literal('gone'), topic, peer }),
  v.object({
    type: v.literal('error'),
    code: v.picklist(errorCodes),
    retryMs: v.exactOptional(milliseconds),
  }),
])

export type ClientMessage = v.InferOutput<typeof clientMessage>
export type ServerMessage = v.InferOutput<typeof serverMessage>
export type ErrorCode = (typeof errorCodes)[number]
export type IceServer = v.InferOutput<typeof iceServer>

export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly reason: 'not-json' | 'bad-message' }

function decoded<Message>(schema: v.GenericSchema<unknown, Message>, raw: string): Decoded<Message> {
  let json: unknown
  try {
    json = JSON.parse(raw)
  } catch {
    return { ok: false, reason: 'not-json' }
  }
  const result = v.safeParse(schema, json, { abortEarly: true })
  return result.success ? { ok: true, message: result.output } : { ok: false, reason: 'bad-message' }
}

/** Never throws. */
export const decodeClientMessage = (raw: string): Decoded<ClientMessage> => decoded(clientMessage, raw)

/** Never throws. */
export const decodeServerMessage = (raw: string): Decoded<ServerMessage> => decoded(serverMessage, raw)
