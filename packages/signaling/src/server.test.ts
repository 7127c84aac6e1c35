import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { newKey, type ScriptedClient, scriptedClient, signature } from './scripted-client.ts'
import { type Signaling, type SignalingOptions, startSignaling } from './server.ts'

const topic = 'a'.repeat(64)
const running: Signaling[] = []

async function start(options: SignalingOptions = {}): Promise<Signaling> {
  const signaling = await startSignaling(options)
  running.push(signaling)
  return signaling
}

async function arrive(
  { signalUrl }: Signaling,
  options: Parameters<typeof scriptedClient>[1] = {},
): Promise<ScriptedClient> {
  const client = scriptedClient(signalUrl, options)
  await client.hello()
  return client
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((signaling) => signaling.close()))
})

test('introduces, relays both ways, and tells who is gone', async () => {
  const signaling = await start()
  const [ann, bob] = [await arrive(signaling), await arrive(signaling)]
  expect(await ann.join(topic)).toMatchObject({ topic, sample: [], seat: 0 })
  expect(await bob.join(topic)).toMatchObject({ topic, sample: [ann.key.peer], seat: 1 })
  bob.say({ type: 'signal', topic, to: ann.key.peer, box: 'knock' })
  expect(await ann.expect('signal')).toEqual({ type: 'signal', topic, from: bob.key.peer, box: 'knock' })
  ann.say({ type: 'signal', topic, to: bob.key.peer, box: 'come in' })
  expect(await bob.expect('signal')).toMatchObject({ from: ann.key.peer, box: 'come in' })
  ann.say({ type: 'need', topic, count: 4 })
  const answer = await ann.expect('peers')
  expect(answer.sample).toEqual([bob.key.peer])
  expect(answer.seat).toBeUndefined()
  bob.socket.terminate()
  expect(await ann.expect('gone')).toEqual({ type: 'gone', topic, peer: bob.key.peer })
  ann.say({ type: 'signal', topic, to: bob.key.peer, box: 'hello?' })
  expect(await ann.expect('gone')).toMatchObject({ peer: bob.key.peer })
})

test('rooms do not see each other, and leaving one ends only that one', async () => {
  const signaling = await start()
  const [ann, bob] = [await arrive(signaling), await arrive(signaling)]
  await ann.join('one')
  await ann.join('two')
  expect(await bob.join('two')).toMatchObject({ sample: [ann.key.peer] })
  bob.say({ type: 'signal', topic: 'one', to: ann.key.peer, box: 'x' })
  expect(await bob.expect('error')).toMatchObject({ code: 'not-joined' })
  ann.say({ type: 'leave', topic: 'two' })
  expect(await bob.expect('gone')).toMatchObject({ topic: 'two', peer: ann.key.peer })
  expect(signaling.counts()).toEqual({ connections: 2, rooms: 2 })
  ann.say({ type: 'need', topic: 'one', count: 1 })
  expect(await ann.expect('peers')).toMatchObject({ topic: 'one' })
})

test('accepts sockets on / and on /signal, and nowhere else', async () => {
  const { port } = await start()
  for (const path of ['', '/', '/signal', '/signal?x=1']) {
    const client = scriptedClient(`ws://localhost:${port}${path}`)
    expect((await client.hello()).peer).toBe(client.key.peer)
  }
  const stranger = new WebSocket(`ws://localhost:${port}/elsewhere`)
  const [error] = await once(stranger, 'error')
  expect(String(error)).toContain('404')
})

test('a returning peer with its resume token takes its seat over from the socket that is not yet known dead', async () => {
  const signaling = await start()
  const key = newKey()
  const old = scriptedClient(signaling.signalUrl, { key })
  const { resume } = await old.hello()
  const bob = await arrive(signaling)
  await old.join(topic)
  await bob.join(topic)
  const thief = await arrive(signaling, { key })
  thief.say({ type: 'join', topic, want: 6, resume: 'guessed' })
  expect(await thief.expect('error')).toMatchObject({ code: 'peer-in-use' })
  const back = await arrive(signaling, { key })
  expect(await back.join(topic, { resume })).toMatchObject({ seat: 0, sample: [bob.key.peer] })
  expect(await old.closed).toBe(4000)
  bob.say({ type: 'signal', topic, to: key.peer, box: 'still you?' })
  expect(await back.expect('signal')).toMatchObject({ from: bob.key.peer })
  expect(bob.heard).toEqual([])
})

test('after a restart on the same port a peer gets the seat back that it asks for', async () => {
  const first = await start()
  const key = newKey()
  const before = await arrive(first, { key })
  await (await arrive(first)).join(topic)
  expect(await before.join(topic)).toMatchObject({ seat: 1 })
  await first.close()
  expect(await before.closed).toBe(1001)
  const second = await start({ port: first.port })
  const after = await arrive(second, { key })
  expect(await after.join(topic, { seat: 1 })).toMatchObject({ seat: 1 })
})

test('nothing is accepted before the challenge is answered', async () => {
  const signaling = await start()
  for (const message of [
    { type: 'join', topic, want: 6 },
    { type: 'signal', topic, to: newKey().peer, box: 'x' },
    { type: 'need', topic, count: 1 },
    { type: 'leave', topic },
  ]) {
    const client = scriptedClient(signaling.signalUrl)
    await client.expect('challenge')
    client.say(message)
    expect(await client.expect('error')).toMatchObject({ code: 'not-authenticated' })
    client.socket.close()
  }
})

test('a signature by another key, of another nonce, or of another peer closes the connection', async () => {
  const signaling = await start()
  const [ann, eve] = [newKey(), newKey()]
  const forgeries = [
    (nonce: string) => ({ peer: ann.peer, signature: signature(eve, nonce) }),
    (nonce: string) => ({ peer: ann.peer, signature: signature(ann, `${nonce}0`) }),
    () => ({ peer: '0'.repeat(64), signature: '0'.repeat(128) }),
    () => ({ peer: 'f'.repeat(64), signature: 'f'.repeat(128) }),
  ]
  for (const forge of forgeries) {
    const client = scriptedClient(signaling.signalUrl)
    const { nonce } = await client.expect('challenge')
    client.say({ type: 'hello', ...forge(nonce) })
    expect(await client.expect('error')).toMatchObject({ code: 'bad-signature' })
    expect(await client.closed).toBe(1008)
  }
})

test('every bad message gets a typed error and the connection goes on', async () => {
  const signaling = await start({ limits: { errors: { burst: 100, perSecond: 1 } } })
  const client = await arrive(signaling)
  const peer = newKey().peer
  const bad: [object | string | Buffer, string][] = [
    ['', 'not-json'],
    ['{"type":"join"', 'not-json'],
    [Buffer.from([0, 1, 2, 255]), 'not-json'],
    ['null', 'bad-message'],
    ['[]', 'bad-message'],
    [{}, 'bad-message'],
    [{ type: 'welcome' }, 'bad-message'],
    [{ type: 'join', topic, want: -1 }, 'bad-message'],
    [{ type: 'join', topic, want: 1e9 }, 'bad-message'],
    [{ type: 'join', topic: '../etc', want: 1 }, 'bad-message'],
    [{ type: 'join', topic: 'x'.repeat(65), want: 1 }, 'bad-message'],
    [{ type: 'join', topic, want: 1, seat: 1.5 }, 'bad-message'],
    [{ type: 'signal', topic, to: 'bob', box: 'x' }, 'bad-message'],
    [{ type: 'signal', topic, to: peer.toUpperCase(), box: 'x' }, 'bad-message'],
    [{ type: 'signal', topic, to: peer, box: { sdp: 1 } }, 'bad-message'],
    [{ type: 'signal', topic, to: peer, box: '' }, 'bad-message'],
    [{ type: 'signal', topic, to: peer, box: 'x'.repeat(15 * 1024 + 1) }, 'bad-message'],
    [{ type: 'signal', topic, to: peer, box: 'x' }, 'not-joined'],
    [{ type: 'need', topic, count: 1 }, 'not-joined'],
    [{ type: 'leave', topic }, 'not-joined'],
    [{ type: 'signal', topic, to: peer, box: 'x'.repeat(17 * 1024) }, 'too-large'],
    [{ type: 'hello', peer, signature: '0'.repeat(128) }, 'already-authenticated'],
  ]
  for (const [message, code] of bad) {
    client.say(message)
    expect(await client.expect('error'), JSON.stringify(message).slice(0, 80)).toMatchObject({ code })
  }
  expect(await client.join(topic)).toMatchObject({ seat: 0 })
})

test('a message above 64 KiB closes the connection, and the server goes on', async () => {
  const signaling = await start()
  const client = await arrive(signaling)
  client.say('x'.repeat(65 * 1024))
  expect(await client.closed).toBe(1009)
  expect((await arrive(signaling)).heard).toEqual([])
})

test('more than ten errors close the connection', async () => {
  const signaling = await start()
  const client = await arrive(signaling)
  for (let i = 0; i < 11; i++) client.say('nonsense')
  expect(await client.closed).toBe(1008)
  expect(client.heard.filter(({ type }) => type === 'error')).toHaveLength(11)
})

test('messages beyond rate and burst are refused with the time to wait', async () => {
  const signaling = await start({ limits: { messages: { burst: 5, perSecond: 0.1 } } })
  const client = await arrive(signaling)
  await client.join(topic)
  for (let i = 0; i < 3; i++) client.say({ type: 'need', topic, count: 1 })
  for (let i = 0; i < 3; i++) await client.expect('peers')
  client.say({ type: 'need', topic, count: 1 })
  const refusal = await client.expect('error')
  expect(refusal.code).toBe('too-many-messages')
  expect(refusal.retryMs).toBeGreaterThan(1000)
})

test('connections, joins and rooms have their limits', async () => {
  const signaling = await start({
    limits: {
      connectionsPerAddress: 2,
      joinsPerAddress: { burst: 4, perSecond: 0.1 },
      roomsPerConnection: 2,
    },
  })
  const [ann, bob] = [await arrive(signaling), await arrive(signaling)]
  const third = scriptedClient(signaling.signalUrl)
  expect(await third.expect('error')).toMatchObject({ code: 'too-many-connections' })
  expect(await third.closed).toBe(1013)
  await ann.join('one')
  await ann.join('two')
  ann.say({ type: 'join', topic: 'three', want: 1 })
  expect(await ann.expect('error')).toMatchObject({ code: 'too-many-rooms' })
  await ann.join('two')
  bob.say({ type: 'join', topic: 'one', want: 1 })
  const refusal = await bob.expect('error')
  expect(refusal.code).toBe('too-many-joins')
  expect(refusal.retryMs).toBeGreaterThan(0)
  bob.socket.close()
  await bob.closed
  await expect.poll(() => signaling.counts().connections).toBe(1)
  expect((await arrive(signaling)).heard).toEqual([])
})

test('connections in all, and peers in a room, have their limits', async () => {
  const signaling = await start({ limits: { connections: 2, peersPerRoom: 1 } })
  const [ann, bob] = [await arrive(signaling), await arrive(signaling)]
  await ann.join(topic)
  bob.say({ type: 'join', topic, want: 1 })
  expect(await bob.expect('error')).toMatchObject({ code: 'room-full' })
  const [error] = await once(new WebSocket(signaling.signalUrl), 'error')
  expect(String(error)).toContain('503')
})

test('a client that reads nothing is dropped once its queue is full', async () => {
  const signaling = await start({
    limits: { queueBytes: 64 * 1024, messages: { burst: 1e6, perSecond: 1e6 } },
  })
  const [deaf, loud] = [await arrive(signaling), await arrive(signaling)]
  await deaf.join(topic)
  await loud.join(topic)
  deaf.socket.pause()
  const box = 'x'.repeat(14 * 1024)
  let isGone = false
  const gone = loud.expect('gone').then((message) => {
    isGone = true
    return message
  })
  while (!isGone) {
    if (loud.socket.bufferedAmount < 1e5) {
      for (let i = 0; i < 50; i++) loud.say({ type: 'signal', topic, to: deaf.key.peer, box })
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  deaf.socket.resume()
  expect(await deaf.closed).toBe(1013)
  expect(await gone).toMatchObject({ peer: deaf.key.peer })
})

test('a challenge left unanswered closes the connection', async () => {
  const signaling = await start({ limits: { helloMs: 1 } })
  const client = scriptedClient(signaling.signalUrl)
  expect(await client.expect('error')).toMatchObject({ code: 'hello-timeout' })
  expect(await client.closed).toBe(1008)
})

test('a peer that answers no ping is cut and reported gone', async () => {
  const signaling = await start({ pingMs: 100 })
  const [ann, bob] = [await arrive(signaling), scriptedClient(signaling.signalUrl)]
  await bob.hello()
  await ann.join(topic)
  await bob.join(topic)
  bob.socket.pause()
  expect(await ann.expect('gone')).toMatchObject({ peer: bob.key.peer })
})

test('only listed origins get in, and only with the join token', async () => {
  const signaling = await start({ origins: ['https://good.example'], joinToken: 'sesame' })
  for (const origin of [undefined, 'https://evil.example']) {
    const stranger = scriptedClient(signaling.signalUrl, origin === undefined ? {} : { origin })
    const [error] = await once(stranger.socket, 'error')
    expect(String(error)).toContain('403')
  }
  const origin = 'https://good.example'
  const wrong = scriptedClient(signaling.signalUrl, { origin })
  const { nonce } = await wrong.expect('challenge')
  wrong.say({ type: 'hello', peer: wrong.key.peer, signature: signature(wrong.key, nonce), token: 'open' })
  expect(await wrong.expect('error')).toMatchObject({ code: 'bad-token' })
  expect(await wrong.closed).toBe(1008)
  const right = scriptedClient(signaling.signalUrl, { origin })
  expect((await right.hello('sesame')).peer).toBe(right.key.peer)
})

test('hands out the ICE servers and says how often it pings', async () => {
  const iceServers = [
    { urls: 'stun:stun.example:3478' },
    { urls: ['turn:t.example'], username: 'u', credential: 'c' },
  ]
  const signaling = await start({ iceServers, pingMs: 7_000 })
  const client = scriptedClient(signaling.signalUrl)
  expect(await client.hello()).toMatchObject({ ice: iceServers, pingMs: 7_000 })
})

test('/healthz counts connections and rooms', async () => {
  const signaling = await start()
  await (await arrive(signaling)).join(topic)
  const response = await fetch(`${signaling.url}/healthz`)
  expect(await response.json()).toEqual({
    status: 'ok',
    connections: 1,
    rooms: 1,
    uptimeSeconds: expect.any(Number),
  })
  expect((await fetch(`${signaling.url}/`)).status).toBe(404)
  expect((await fetch(`${signaling.url}/healthz`, { method: 'POST' })).status).toBe(405)
})

test('stops gracefully, twice if asked, frees the port, and says so when a port is taken', async () => {
  const signaling = await start()
  await expect(startSignaling({ port: signaling.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  const client = await arrive(signaling)
  await Promise.all([signaling.close(), signaling.close()])
  expect(await client.closed).toBe(1001)
  await start({ port: signaling.port })
})
