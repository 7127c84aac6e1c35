/**
 * Who is in a room, who sits where, and who was told of whom. Knows no sockets, no clock and no randomness of
 * its own. The functions change the room in place, so that a join costs the same in a room of thousands.
 */

type Peer = string

interface Member {
  readonly seat: number
  /** Its place in `order`. */
  place: number
  /** Members that were told of this one, oldest first. */
  readonly knownBy: Set<Peer>
}

export interface Room {
  readonly members: Map<Peer, Member>
  /** All members, unordered, to draw from. */
  readonly order: Peer[]
  /** The newest members, newest last. */
  readonly recent: Peer[]
  readonly takenSeats: Set<number>
  /** No seat below this one is free. */
  firstFreeSeat: number
}

const randomPeers = 4
const recentPeers = 2
const recentKept = 8
/** In rooms up to this size everybody learns of a departure; beyond, those that were told of the peer. */
const smallRoom = 16
const knownByKept = 64

export const emptyRoom = (): Room => ({
  members: new Map(),
  order: [],
  recent: [],
  takenSeats: new Set(),
  firstFreeSeat: 0,
})

export const sizeOf = (room: Room): number => room.order.length

/** Lets a peer in and gives its seat: the wished one if it is free, otherwise the lowest that is. */
export function enter(room: Room, peer: Peer, wishedSeat?: number): number {
  const present = room.members.get(peer)
  if (present !== undefined) return present.seat
  const seat = wishedSeat !== undefined && !room.takenSeats.has(wishedSeat) ? wishedSeat : room.firstFreeSeat
  room.takenSeats.add(seat)
  while (room.takenSeats.has(room.firstFreeSeat)) room.firstFreeSeat += 1
  room.members.set(peer, { seat, place: room.order.length, knownBy: new Set() })
  room.order.push(peer)
  room.recent.push(peer)
  if (room.recent.length > recentKept) room.recent.shift()
  return seat
}

/**
 * Up to `want` other members, at most 4 drawn at random and 2 of the newest, each once; `random` gives numbers
 * in [0, 1). Those named will hear nothing of it, but `peer` will be told when one of them departs.
 */
export function introduce(room: Room, peer: Peer, want: number, random: () => number): readonly Peer[] {
  const most = Math.min(want, randomPeers + recentPeers, room.order.length - (room.members.has(peer) ? 1 : 0))
  const chosen = new Set<Peer>()
  const newest = room.recent.filter((other) => other !== peer)
  const fromNewest = Math.min(recentPeers, Math.floor(want / 3))
  if (fromNewest > 0) for (const other of newest.slice(-fromNewest)) chosen.add(other)
  // A few draws usually do; in a room hardly larger than the wish the rest is filled up in order.
  for (let draws = 0; chosen.size < most && draws < 8 * randomPeers; draws++) {
    const other = room.order[Math.floor(random() * room.order.length)]
    if (other !== undefined && other !== peer) chosen.add(other)
  }
  for (const other of chosen.size < most ? room.order : []) {
    if (chosen.size < most && other !== peer) chosen.add(other)
  }
  for (const other of chosen) tell(room, peer, other)
  return [...chosen]
}

/** Notes that `from` makes itself known to `to`; false where `to` is not in the room. */
export function reach(room: Room, from: Peer, to: Peer): boolean {
  if (!room.members.has(to)) return false
  tell(room, to, from)
  return true
}

/** Takes a peer out; answers whom to tell that it is gone. */
export function depart(room: Room, peer: Peer): readonly Peer[] {
  const member = room.members.get(peer)
  if (member === undefined) return []
  room.members.delete(peer)
  room.takenSeats.delete(member.seat)
  room.firstFreeSeat = Math.min(room.firstFreeSeat, member.seat)
  const last = room.order.pop()
  if (last !== undefined && last !== peer) {
    room.order[member.place] = last
    const moved = room.members.get(last)
    if (moved !== undefined) moved.place = member.place
  }
  const recent = room.recent.indexOf(peer)
  if (recent >= 0) room.recent.splice(recent, 1)
  if (room.order.length <= smallRoom) return [...room.order]
  return [...member.knownBy].filter((other) => room.members.has(other))
}

function tell(room: Room, listener: Peer, about: Peer): void {
  const knownBy = room.members.get(about)?.knownBy
  if (knownBy === undefined || knownBy.has(listener)) return
  knownBy.add(listener)
  if (knownBy.size > knownByKept) for (const oldest of [...knownBy].slice(0, 1)) knownBy.delete(oldest)
}
