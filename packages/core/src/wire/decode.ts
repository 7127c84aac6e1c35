import { ByteReader } from '../lib/varint.ts'
import { codecNumbers, messageNumbers, stampsPerMs, subjectNumbers } from './encode.ts'
import type { Message, MessageType, Subject, Weights } from './message.ts'

export type Decoded =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly reason: 'malformed' | 'unknown-message' }

const inverse = <K extends string>(numbers: Readonly<Record<K, number>>): ReadonlyMap<number, K> =>
  new Map((Object.keys(numbers) as K[]).map((key) => [numbers[key], key]))

const messageTypes = inverse<MessageType>(messageNumbers)
const subjects = inverse<Subject>(subjectNumbers)
const codecNames = inverse<Weights['codec']>(codecNumbers)

const longestId = 0xffffffff
const longestNameBytes = 256

/** What a stranger's bytes say. Never throws and never allocates more than they hold; a payload is a view of them. */
export function decode(bytes: Uint8Array): Decoded {
  const reader = new ByteReader(bytes)
  const type = messageTypes.get(reader.byte())
  if (type === undefined) return { ok: false, reason: reader.ok ? 'unknown-message' : 'malformed' }
  const message = read(type, reader)
  return reader.done ? { ok: true, message } : { ok: false, reason: 'malformed' }
}

function read(type: MessageType, reader: ByteReader): Message {
  switch (type) {
    case 'hello':
      return {
        type,
        version: reader.varint(),
        taskId: reader.text(64),
        fingerprint: reader.text(16),
        name: cleanName(reader.text(longestNameBytes)),
        samples: reader.varint(),
        steps: reader.varint(),
      }
    case 'ping':
    case 'pong':
      return { type, stamp: reader.varint() / stampsPerMs, steps: reader.varint() }
    case 'credit':
      return { type, bytes: reader.varint() }
    case 'announce':
      return { type, id: reader.varint(longestId), bytes: reader.varint() }
    case 'want':
    case 'busy':
    case 'pull':
      return { type, id: reader.varint(longestId) }
    case 'ask':
    case 'reply':
    case 'model':
      return { type, id: reader.varint(longestId), ...readWeights(reader) }
    case 'push':
      return { type, mass: readMass(reader), ...readWeights(reader) }
  }
}

const readWeights = (reader: ByteReader): Weights => ({
  subject: known(subjects, reader, 'own'),
  codec: known(codecNames, reader, 'float32'),
  steps: reader.varint(),
  samples: reader.varint(),
  payload: reader.rest(),
})

/** A positive float32. */
function readMass(reader: ByteReader): number {
  const mass = new Float32Array(Uint32Array.of(reader.uint32()).buffer)[0] ?? 0
  if (!(mass > 0 && mass < Number.POSITIVE_INFINITY)) reader.fail()
  return mass
}

function known<T>(values: ReadonlyMap<number, T>, reader: ByteReader, fallback: T): T {
  const value = values.get(reader.byte())
  if (value === undefined) reader.fail()
  return value ?? fallback
}

/** At most 64 characters, without control characters and marks that turn the direction of text. */
export const cleanName = (name: string): string =>
  [...name.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu, '')].slice(0, 64).join('').trim()
