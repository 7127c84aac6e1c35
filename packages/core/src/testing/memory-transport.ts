import type { Clock, DownReason, Lane, PeerId, Transport, TransportEvent } from '../ports.ts'

interface Queued {
  readonly lane: Lane
  readonly bytes: Uint8Array
}

/** One direction of a link. */
interface Pipe {
  readonly control: Queued[]
  readonly bulk: Queued[]
  bulkBytes: number
  refused: boolean
  running: boolean
}

interface Member {
  readonly self: PeerId
  readonly listeners: Set<(event: TransportEvent) => void>
  readonly links: Map<PeerId, Pipe>
  readonly dialling: Set<PeerId>
  closed: boolean
}

const highMarkBytes = 1024 * 1024
const lowMarkBytes = 256 * 1024
const maxFrameBytes = 16_400
const bytesPerMs = 64 * 1024

/** A network inside one process: perfect lines of 64 MB/s that deliver after a moment. */
export interface MemoryNetwork {
  join(self: PeerId): Transport
}

/** Every delay and delivery comes from `clock`, so a test may use a virtual one. */
export function memoryNetwork(clock: Clock): MemoryNetwork {
  const members = new Map<PeerId, Member>()

  const emit = (member: Member, event: TransportEvent): void => {
    for (const listener of [...member.listeners]) listener(event)
  }
  const newPipe = (): Pipe => ({ control: [], bulk: [], bulkBytes: 0, refused: false, running: false })

  function connect(member: Member, peer: PeerId): void {
    if (member.closed || peer === member.self || member.links.has(peer) || member.dialling.has(peer)) return
    member.dialling.add(peer)
    clock.after(1, () => {
      if (!member.dialling.delete(peer)) return
      const other = members.get(peer)
      if (other === undefined) return emit(member, { type: 'down', peer, reason: 'unreachable' })
      other.dialling.delete(member.self)
      member.links.set(peer, newPipe())
      other.links.set(member.self, newPipe())
      emit(member, { type: 'up', peer })
      emit(other, { type: 'up', peer: member.self })
    })
  }

  function hangUp(member: Member, peer: PeerId): void {
    const wasDialling = member.dialling.delete(peer)
    if (!member.links.delete(peer) && !wasDialling) return
    emit(member, { type: 'down', peer, reason: 'hung-up' })
    clock.after(1, () => end(peer, member.self, 'goodbye'))
  }

  function end(self: PeerId, peer: PeerId, reason: DownReason): void {
    const member = members.get(self)
    // A link made anew in the meantime is another one.
    if (member === undefined || members.get(peer)?.links.has(self)) return
    if (member.links.delete(peer)) emit(member, { type: 'down', peer, reason })
  }

  function send(member: Member, to: PeerId, lane: Lane, frame: Uint8Array): boolean {
    if (frame.byteLength > maxFrameBytes)
      throw new RangeError(`A frame holds at most ${maxFrameBytes} bytes.`)
    const pipe = member.links.get(to)
    if (pipe === undefined) return true
    // The sender has given its bytes away, but a view's buffer may hold more than its bytes.
    pipe[lane].push({ lane, bytes: frame })
    if (lane === 'bulk') {
      pipe.bulkBytes += frame.byteLength
      if (pipe.bulkBytes > highMarkBytes) pipe.refused = true
    }
    run(member, to, pipe)
    return lane === 'control' || !pipe.refused
  }

  function run(member: Member, to: PeerId, pipe: Pipe): void {
    if (pipe.running) return
    pipe.running = true
    const deliver = (): void => {
      pipe.running = false
      if (member.links.get(to) !== pipe) return
      let budget = bytesPerMs
      while (budget > 0) {
        const next = pipe.control.shift() ?? pipe.bulk.shift()
        if (next === undefined) break
        budget -= next.bytes.byteLength
        if (next.lane === 'bulk') pipe.bulkBytes -= next.bytes.byteLength
        const other = members.get(to)
        if (other?.links.has(member.self)) emit(other, { type: 'frame', from: member.self, ...next })
        if (member.links.get(to) !== pipe) return
      }
      if (pipe.refused && pipe.bulkBytes <= lowMarkBytes) {
        pipe.refused = false
        emit(member, { type: 'writable', peer: to })
      }
      if (pipe.control.length + pipe.bulk.length > 0) run(member, to, pipe)
    }
    clock.after(1, deliver)
  }

  return {
    join(self) {
      const member: Member = {
        self,
        listeners: new Set(),
        links: new Map(),
        dialling: new Set(),
        closed: false,
      }
      members.set(self, member)
      return {
        self,
        maxFrameBytes,
        find(count) {
          clock.after(1, () => {
            const peers = [...members.keys()].filter((peer) => peer !== self).slice(0, count)
            emit(member, { type: 'found', peers })
          })
        },
        connect: (peer) => connect(member, peer),
        disconnect: (peer) => hangUp(member, peer),
        send: (to, lane, frame) => send(member, to, lane, frame),
        listen(listener) {
          member.listeners.add(listener)
          return () => member.listeners.delete(listener)
        },
        close() {
          if (member.closed) return
          member.closed = true
          member.listeners.clear()
          for (const peer of [...member.links.keys()]) hangUp(member, peer)
          members.delete(self)
        },
      }
    },
  }
}
