import {
  type Accounts,
  admit,
  type Bucket,
  fullBucket,
  type Limits,
  release,
  sweep,
  take,
  takeJoin,
} from './limits.ts'
import { provesIdentity, sameSecret } from './proof.ts'
import {
  type ClientMessage,
  decodeClientMessage,
  type ErrorCode,
  type IceServer,
  maxMessageBytes,
  type ServerMessage,
} from './protocol.ts'
import { depart, emptyRoom, enter, introduce, type Room, reach, sizeOf } from './room.ts'

/** What the hub needs of a socket. */
export interface Line {
  send(message: ServerMessage): void
  /** WebSocket close codes: 1008 a rule was broken, 1013 try again later, 4000 taken over by a newer connection. */
  close(code: number, reason: string): void
}

/** The hub's end of one line. */
export interface Conversation {
  /** One text from the client and its size in bytes. */
  receive(raw: string, bytes: number): void
  /** The line is gone; calling it again does nothing. */
  ended(): void
}

export interface HubOptions {
  readonly limits: Limits
  readonly ice: readonly IceServer[]
  readonly pingMs: number
  readonly joinToken?: string | undefined
  /** Milliseconds, never running backwards. */
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
  /** A fresh string that nobody can guess, at most 64 characters. */
  readonly secret: () => string
}

export interface Hub {
  /** Begins a conversation; undefined where the address has its share of connections (the line is then closed). */
  open(line: Line, address: string): Conversation | undefined
  counts(): { readonly connections: number; readonly rooms: number }
  /** Closes lines that left the challenge unanswered, and forgets passers-by. */
  tidy(): void
}

type Of<Type extends ClientMessage['type']> = ClientMessage & { readonly type: Type }

interface Refusal {
  readonly code: ErrorCode
  readonly retryMs?: number
  /** The connection is closed with 1008 at once; otherwise it goes on, until it has drawn too many refusals. */
  readonly fatal?: boolean
}

interface Caller {
  readonly line: Line
  readonly address: string
  readonly nonce: string
  readonly resume: string
  readonly openedMs: number
  readonly messages: Bucket
  readonly errors: Bucket
  /** Proven; undefined until then. */
  peer: string | undefined
  topics: Set<string>
  over: boolean
}

/** Rooms, and the rules of every conversation; no sockets in here. */
export function createHub(options: HubOptions): Hub {
  const { limits, now, random } = options
  const accounts: Accounts = new Map()
  const callers = new Set<Caller>()
  const rooms = new Map<string, Room>()
  /** The connection over which a peer is in its rooms: one for each peer. */
  const present = new Map<string, Caller>()

  function refuse(caller: Caller, refusal: Refusal): void {
    const { code, retryMs, fatal } = refusal
    caller.line.send({ type: 'error', code, ...(retryMs === undefined ? {} : { retryMs }) })
    if (fatal) hangUp(caller, 1008, code)
    else if (take(caller.errors, limits.errors, now()) > 0) hangUp(caller, 1008, 'too many errors')
  }

  function hangUp(caller: Caller, code: number, reason: string): void {
    end(caller)
    caller.line.close(code, reason)
  }

  function end(caller: Caller): void {
    if (caller.over) return
    caller.over = true
    callers.delete(caller)
    release(accounts, caller.address)
    for (const topic of [...caller.topics]) leave(caller, topic)
  }

  function leave(caller: Caller, topic: string): void {
    const { peer } = caller
    const room = rooms.get(topic)
    if (peer === undefined || room === undefined || !caller.topics.delete(topic)) return
    for (const other of depart(room, peer)) present.get(other)?.line.send({ type: 'gone', topic, peer })
    if (sizeOf(room) === 0) rooms.delete(topic)
    if (caller.topics.size === 0 && present.get(peer) === caller) present.delete(peer)
  }

  function hello(caller: Caller, message: Of<'hello'>): Refusal | undefined {
    const { peer, signature, token = '' } = message
    if (caller.peer !== undefined) return { code: 'already-authenticated' }
    if (options.joinToken !== undefined && !sameSecret(token, options.joinToken)) {
      return { code: 'bad-token', fatal: true }
    }
    if (!provesIdentity(peer, caller.nonce, signature)) return { code: 'bad-signature', fatal: true }
    caller.peer = peer
    const { resume } = caller
    caller.line.send({ type: 'welcome', peer, resume, ice: [...options.ice], pingMs: options.pingMs })
  }

  /** Whether the peer's rooms are this connection's now; a connection that they belonged to is closed. */
  function takesOver(caller: Caller, peer: string, resume: string | undefined): boolean {
    const former = present.get(peer)
    if (former !== undefined && former !== caller) {
      if (resume === undefined || !sameSecret(resume, former.resume)) return false
      caller.topics = former.topics
      former.topics = new Set()
      present.set(peer, caller)
      hangUp(former, 4000, 'resumed elsewhere')
    }
    return true
  }

  function join(caller: Caller, peer: string, message: Of<'join'>): Refusal | undefined {
    const { topic } = message
    const waitMs = takeJoin(accounts, caller.address, limits, now())
    if (waitMs > 0) return { code: 'too-many-joins', retryMs: waitMs }
    if (!takesOver(caller, peer, message.resume)) return { code: 'peer-in-use', retryMs: 2 * options.pingMs }
    const room = rooms.get(topic) ?? emptyRoom()
    if (!caller.topics.has(topic)) {
      if (caller.topics.size >= limits.roomsPerConnection) return { code: 'too-many-rooms' }
      if (sizeOf(room) >= limits.peersPerRoom) return { code: 'room-full', retryMs: 60_000 }
    }
    present.set(peer, caller)
    rooms.set(topic, room)
    caller.topics.add(topic)
    const seat = enter(room, peer, message.seat)
    const sample = [...introduce(room, peer, message.want, random)]
    caller.line.send({ type: 'peers', topic, sample, seat })
  }

  function signal(caller: Caller, peer: string, message: Of<'signal'>): Refusal | undefined {
    const { topic, to, box } = message
    const room = caller.topics.has(topic) ? rooms.get(topic) : undefined
    if (room === undefined) return { code: 'not-joined' }
    if (reach(room, peer, to)) present.get(to)?.line.send({ type: 'signal', topic, from: peer, box })
    else caller.line.send({ type: 'gone', topic, peer: to })
  }

  function need(caller: Caller, peer: string, message: Of<'need'>): Refusal | undefined {
    const { topic, count } = message
    const room = caller.topics.has(topic) ? rooms.get(topic) : undefined
    if (room === undefined) return { code: 'not-joined' }
    caller.line.send({ type: 'peers', topic, sample: [...introduce(room, peer, count, random)] })
  }

  function obey(caller: Caller, message: ClientMessage): Refusal | undefined {
    const { peer } = caller
    if (message.type === 'hello') return hello(caller, message)
    if (peer === undefined) return { code: 'not-authenticated' }
    switch (message.type) {
      case 'join':
        return join(caller, peer, message)
      case 'signal':
        return signal(caller, peer, message)
      case 'need':
        return need(caller, peer, message)
      case 'leave':
        if (!caller.topics.has(message.topic)) return { code: 'not-joined' }
        leave(caller, message.topic)
    }
  }

  function answer(caller: Caller, raw: string, bytes: number): Refusal | undefined {
    const waitMs = take(caller.messages, limits.messages, now())
    if (waitMs > 0) return { code: 'too-many-messages', retryMs: waitMs }
    if (bytes > maxMessageBytes) return { code: 'too-large' }
    const decoded = decodeClientMessage(raw)
    return decoded.ok ? obey(caller, decoded.message) : { code: decoded.reason }
  }

  return {
    open(line, address) {
      if (!admit(accounts, address, limits, now())) {
        line.send({ type: 'error', code: 'too-many-connections', retryMs: 10_000 })
        line.close(1013, 'too many connections')
        return undefined
      }
      const caller: Caller = {
        line,
        address,
        nonce: options.secret(),
        resume: options.secret(),
        openedMs: now(),
        messages: fullBucket(limits.messages, now()),
        errors: fullBucket(limits.errors, now()),
        peer: undefined,
        topics: new Set(),
        over: false,
      }
      callers.add(caller)
      line.send({ type: 'challenge', nonce: caller.nonce })
      return {
        receive(raw, bytes) {
          const refusal = caller.over ? undefined : answer(caller, raw, bytes)
          if (refusal !== undefined) refuse(caller, refusal)
        },
        ended: () => end(caller),
      }
    },
    counts: () => ({ connections: callers.size, rooms: rooms.size }),
    tidy() {
      sweep(accounts, limits, now())
      for (const caller of callers) {
        if (caller.peer !== undefined || now() - caller.openedMs < limits.helloMs) continue
        refuse(caller, { code: 'hello-timeout', fatal: true })
      }
    },
  }
}
