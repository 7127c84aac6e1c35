import SimplePeer, { type PeerSignal } from 'simple-peer/simplepeer.min.js'
import type { Clock, DownReason, Lane, Unsubscribe } from '../../ports.ts'
import { type ChannelLane, channelLane } from './channel-lane.ts'
import { type Box, type Candidate, candidatesAtOnce } from './simple-peer-box.ts'

export interface LinkOptions {
  /** Whether this side offers. */
  readonly initiator: boolean
  readonly attempt: string
  readonly iceServers: readonly RTCIceServer[]
  readonly clock: Clock
}

export interface LinkEvents {
  relay(box: Box): void
  /** Both lanes are open. */
  opened(): void
  frame(lane: Lane, bytes: Uint8Array): void
  writable(): void
  /** The last event; not called after `hangUp` or `cut`. */
  ended(reason: DownReason): void
}

export interface Link {
  readonly attempt: string
  readonly bytesUp: number
  readonly bytesDown: number
  accept(box: Box): void
  send(lane: Lane, frame: Uint8Array): boolean
  /** Says goodbye and closes once that is on its way. */
  hangUp(): void
  /** Closes at once, without a word. */
  cut(): void
}

const candidateBatchMs = 100
const mostCandidates = 64
const mostDescriptions = 8
const goodbyeGraceMs = 250
const restartEveryMs = 10_000
/** Sent as text, which no frame ever is. */
const goodbye = 'goodbye'
/** Frames that may come on one lane before this side has seen the other lane open. */
const mostEarlyFrames = 64

/**
 * One WebRTC connection with its two lanes: `control` is simple-peer's own channel, `bulk` a second one beside
 * it, both negotiated beforehand. Undefined where the browser gives out no more connections.
 */
export function openLink(options: LinkOptions, events: LinkEvents): Link | undefined {
  const { initiator, attempt, clock } = options
  const peer = new SimplePeer({
    initiator,
    channelName: 'control',
    channelConfig: { negotiated: true, id: 0 },
    config: { iceServers: [...options.iceServers] },
  })
  peer.on('error', () => undefined)
  const control = peer._channel
  const bulk = peer._pc?.createDataChannel('bulk', { negotiated: true, id: 1 })
  if (control === null || bulk === undefined) return undefined

  let over = false
  let up = false
  let bytesUp = 0
  let bytesDown = 0
  const early: [Lane, Uint8Array][] = []
  const waiting: Candidate[] = []
  let cancelBatch: Unsubscribe | undefined
  let candidatesLeft = mostCandidates
  let descriptionsLeft = mostDescriptions
  let restartedMs = Number.NEGATIVE_INFINITY

  const finish = (): boolean => {
    if (over) return false
    over = true
    cancelBatch?.()
    return true
  }
  const end = (reason: DownReason): void => {
    if (!finish()) return
    peer.destroy()
    events.ended(reason)
  }

  function flushCandidates(): void {
    cancelBatch = undefined
    while (!over && waiting.length > 0) {
      events.relay({ type: 'candidates', attempt, candidates: waiting.splice(0, candidatesAtOnce) })
    }
  }

  function signal({ type, sdp, candidate }: PeerSignal): void {
    if (over) return
    if ((type === 'offer' || type === 'answer') && sdp !== undefined) {
      events.relay({ type, attempt, sdp })
    } else if (type === 'candidate' && candidate?.candidate) {
      const { sdpMid = null, sdpMLineIndex = null } = candidate
      waiting.push({ candidate: candidate.candidate, sdpMid, sdpMLineIndex })
      cancelBatch ??= clock.after(candidateBatchMs, flushCandidates)
    } else if (type === 'renegotiate') {
      events.relay({ type: 'restart', attempt })
    }
  }

  /** Finds a new path before simple-peer gives the connection up at `failed`. */
  function restart(): void {
    if (over || !up || clock.now() - restartedMs < restartEveryMs) return
    restartedMs = clock.now()
    if (initiator) peer.offerOptions = { iceRestart: true }
    peer.negotiate()
  }

  function accept(box: Box): void {
    if (over) return
    switch (box.type) {
      case 'offer':
      case 'answer':
        if ((box.type === 'offer') === initiator || --descriptionsLeft < 0) return
        candidatesLeft = mostCandidates
        peer.signal({ type: box.type, sdp: box.sdp })
        return
      case 'candidates':
        for (const candidate of box.candidates) {
          if (--candidatesLeft < 0) return
          peer.signal({ type: 'candidate', candidate: { ...candidate } })
        }
        return
      case 'restart':
        if (initiator) restart()
        return
      case 'knock':
      case 'refuse':
        return
    }
  }

  const laneOf = (lane: Lane, channel: RTCDataChannel): ChannelLane =>
    channelLane(channel, {
      opened() {
        if (over || up || !lanes.control.open || !lanes.bulk.open) return
        up = true
        events.opened()
        for (const [earlyLane, bytes] of early.splice(0)) if (!over) events.frame(earlyLane, bytes)
      },
      received(bytes) {
        if (over) return
        bytesDown += bytes.byteLength
        if (up) events.frame(lane, bytes)
        else if (early.push([lane, bytes]) > mostEarlyFrames) end('failed')
      },
      said(text) {
        end(text === goodbye ? 'goodbye' : 'failed')
      },
      writable() {
        if (!over && lane === 'bulk') events.writable()
      },
      broken: () => end('failed'),
    })
  const lanes = { control: laneOf('control', control), bulk: laneOf('bulk', bulk) }

  bulk.addEventListener('close', () => end('closed'))
  peer.on('signal', signal)
  peer.on('iceStateChange', (state) => {
    if (state === 'disconnected') restart()
  })
  peer.on('error', (error) =>
    end(/User-Initiated Abort|Close called/i.test(error.message) ? 'closed' : 'failed'),
  )
  peer.on('close', () => end('closed'))
  // The lanes read their channels themselves; what simple-peer also collects is dropped.
  peer.resume()

  return {
    attempt,
    get bytesUp() {
      return bytesUp
    },
    get bytesDown() {
      return bytesDown
    },
    accept,
    send(lane, frame) {
      if (over || !up) return true
      bytesUp += frame.byteLength
      const more = lanes[lane].send(frame)
      return lane === 'control' || more
    },
    hangUp() {
      if (!finish()) return
      lanes.control.say(goodbye)
      // The other side closes on reading it, which ends this side too; the grace is for one that does not.
      const cancel = clock.after(up ? goodbyeGraceMs : 0, () => peer.destroy())
      peer.on('close', cancel)
    },
    cut() {
      if (finish()) peer.destroy()
    },
  }
}
