import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { WebSocket } from 'ws'
import { decodeServerMessage, helloText, type ServerMessage } from './protocol.ts'

/** An Ed25519 key pair as a peer has one. */
export interface Key {
  readonly peer: string
  readonly secret: KeyObject
}

export function newKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)
  return { peer: raw.toString('hex'), secret: privateKey }
}

export const signature = (key: Key, nonce: string): string =>
  sign(null, Buffer.from(helloText(nonce)), key.secret).toString('hex')

type Of<Type extends ServerMessage['type']> = ServerMessage & { readonly type: Type }

/** A client for tests: says what it is told to, right or wrong, and waits for facts. */
export interface ScriptedClient {
  readonly key: Key
  readonly socket: WebSocket
  /** Everything heard so far that `expect` has not taken. */
  readonly heard: ServerMessage[]
  say(message: object | string | Buffer): void
  /** Takes the oldest message of that type, waiting for it; rejects when the connection closes before. */
  expect<Type extends ServerMessage['type']>(type: Type): Promise<Of<Type>>
  /** Answers the challenge. */
  hello(token?: string): Promise<Of<'welcome'>>
  join(topic: string, more?: object): Promise<Of<'peers'>>
  /** The code with which the connection was closed. */
  readonly closed: Promise<number>
}

export function scriptedClient(
  url: string,
  options: { readonly key?: Key; readonly origin?: string } = {},
): ScriptedClient {
  const key = options.key ?? newKey()
  const socket = new WebSocket(url, options.origin === undefined ? {} : { origin: options.origin })
  const heard: ServerMessage[] = []
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const look of [...waiting]) look()
  }
  let over = false
  socket.on('message', (data: Buffer) => {
    const decoded = decodeServerMessage(data.toString())
    if (!decoded.ok) throw new Error(`The server said ${data}`)
    heard.push(decoded.message)
    wake()
  })
  const closed = new Promise<number>((resolve) => {
    socket.on('error', () => undefined)
    socket.on('close', (code) => {
      over = true
      wake()
      resolve(code)
    })
  })
  const isOf =
    <Type extends ServerMessage['type']>(type: Type) =>
    (message: ServerMessage): message is Of<Type> =>
      message.type === type

  const client: ScriptedClient = {
    key,
    socket,
    heard,
    closed,
    say(message) {
      const raw = typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message)
      socket.send(raw)
    },
    expect(type) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const found = heard.find(isOf(type))
          if (found !== undefined) {
            heard.splice(heard.indexOf(found), 1)
            waiting.delete(look)
            resolve(found)
          } else if (over) {
            waiting.delete(look)
            reject(new Error(`closed before "${type}"`))
          }
        }
        waiting.add(look)
        look()
      })
    },
    async hello(token) {
      const { nonce } = await client.expect('challenge')
      client.say({ type: 'hello', peer: key.peer, signature: signature(key, nonce), token })
      return client.expect('welcome')
    },
    join(topic, more = {}) {
      client.say({ type: 'join', topic, want: 6, ...more })
      return client.expect('peers')
    },
  }
  return client
}
