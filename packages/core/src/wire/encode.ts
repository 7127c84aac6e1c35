import { ByteWriter } from '../lib/varint.ts'
import type { Message, MessageType, Subject, Weights } from './message.ts'

/** The first byte of a message. Numbers are never reused; PROTOCOL.md is their register. */
export const messageNumbers: Readonly<Record<MessageType, number>> = {
  hello: 1,
  ping: 2,
  pong: 3,
  credit: 4,
  announce: 5,
  want: 6,
  ask: 7,
  reply: 8,
  busy: 9,
  pull: 10,
  model: 11,
  push: 12,
}

export const subjectNumbers: Readonly<Record<Subject, number>> = { own: 0, served: 1 }
export const codecNumbers: Readonly<Record<Weights['codec'], number>> = {
  float32: 0,
  float16: 1,
  int8: 2,
  int4: 3,
  ternary: 4,
  sign: 5,
  'top-k': 6,
}

/** Bytes that a message with weights needs beyond its payload, at most. */
export const weightsHeaderBytes = 32

/** The message as bytes, which the caller owns. Throws RangeError for numbers that no varint holds. */
export function encode(message: Message): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter('payload' in message ? message.payload.length + weightsHeaderBytes : 64)
  writer.byte(messageNumbers[message.type])
  switch (message.type) {
    case 'hello':
      return writer
        .varint(message.version)
        .text(message.taskId)
        .text(message.fingerprint)
        .text(message.name)
        .varint(message.samples)
        .varint(message.steps)
        .finish()
    case 'ping':
    case 'pong':
      return writer
        .varint(Math.round(message.stamp * stampsPerMs))
        .varint(message.steps)
        .finish()
    case 'credit':
      return writer.varint(message.bytes).finish()
    case 'announce':
      return writer.varint(message.id).varint(message.bytes).finish()
    case 'want':
    case 'busy':
    case 'pull':
      return writer.varint(message.id).finish()
    case 'ask':
    case 'reply':
    case 'model':
      return writeWeights(writer.varint(message.id), message)
    case 'push':
      return writeWeights(writer.uint32(float32Bits(message.mass)), message)
  }
}

const writeWeights = (writer: ByteWriter, weights: Weights): Uint8Array<ArrayBuffer> =>
  writer
    .byte(subjectNumbers[weights.subject])
    .byte(codecNumbers[weights.codec])
    .varint(weights.steps)
    .varint(weights.samples)
    .raw(weights.payload)
    .finish()

const float32Bits = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0

/** Stamps travel in hundredths of a millisecond. */
export const stampsPerMs = 100
