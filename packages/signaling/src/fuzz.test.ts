import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeClientMessage, decodeServerMessage, maxMessageBytes } from './protocol.ts'
import { newKey, scriptedClient } from './scripted-client.ts'
import { startSignaling } from './server.ts'

const topic = 't'.repeat(64)
const peer = newKey().peer
const sound = [
  { type: 'hello', peer, signature: '0'.repeat(128) },
  { type: 'join', topic, want: 6, resume: 'r', seat: 3 },
  { type: 'signal', topic, to: peer, box: 'box' },
  { type: 'need', topic, count: 2 },
  { type: 'leave', topic },
]

const field = fc.constantFrom(
  'type',
  'topic',
  'to',
  'box',
  'count',
  'want',
  'peer',
  'signature',
  '__proto__',
  'constructor',
)
const mutated = fc
  .tuple(fc.constantFrom(...sound), field, fc.jsonValue({ maxDepth: 3 }))
  .map(([message, key, value]) => JSON.stringify({ ...message, [key]: value }))
const cut = fc
  .tuple(fc.constantFrom(...sound), fc.nat(80))
  .map(([message, length]) => JSON.stringify(message).slice(0, length))
const hostile = fc.oneof(
  { weight: 4, arbitrary: mutated },
  { weight: 2, arbitrary: cut },
  { weight: 2, arbitrary: fc.json({ maxDepth: 4 }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 400, unit: 'binary' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('[', '"', '{"type":"join"}', '['.repeat(5000), `{"a":${'9'.repeat(5000)}}`),
  },
)

test('20,000 random and mutated texts decode or are refused, and never throw', () => {
  fc.assert(
    fc.property(hostile, (raw) => {
      const decoded = decodeClientMessage(raw)
      if (decoded.ok) expect(JSON.stringify(decoded.message).length).toBeLessThanOrEqual(2 * maxMessageBytes)
      else expect(['not-json', 'bad-message']).toContain(decoded.reason)
      decodeServerMessage(raw)
    }),
    { numRuns: 20_000 },
  )
})

test('10,000 hostile messages get typed answers, and the server serves on', async () => {
  const generous = { burst: 1e6, perSecond: 1e6 }
  const signaling = await startSignaling({
    limits: { messages: generous, errors: generous, joinsPerAddress: generous },
  })
  const client = scriptedClient(signaling.signalUrl)
  await client.hello()
  const messages = fc.sample(hostile, { numRuns: 10_000, seed: 1 })
  let answers = 0
  client.socket.on('message', () => {
    answers += 1
  })
  let expected = 0
  for (const raw of messages) {
    const decoded = decodeClientMessage(raw)
    // A sound `leave` of a joined room is the one message without an answer.
    if (!(decoded.ok && decoded.message.type === 'leave')) expected += 1
    client.say(raw)
  }
  await expect.poll(() => answers, { timeout: 30_000 }).toBeGreaterThanOrEqual(expected)
  // The scripted client has decoded every answer with the server's own schema, or this test would have thrown.
  expect(client.heard.every(({ type }) => ['error', 'peers', 'gone', 'signal'].includes(type))).toBe(true)
  const other = scriptedClient(signaling.signalUrl)
  await other.hello()
  expect(await other.join('fresh')).toMatchObject({ seat: 0 })
  await signaling.close()
})
