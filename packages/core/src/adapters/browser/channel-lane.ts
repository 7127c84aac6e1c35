/** Above this many unsent bytes a lane refuses. */
export const highMarkBytes: number = 1024 * 1024
/** At or below this many unsent bytes a lane that refused takes frames again. */
export const lowMarkBytes: number = 256 * 1024
/** A caller that goes on after a refusal loses the link here, before the browser's own queue overflows. */
const mostQueuedBytes = 8 * 1024 * 1024
/** Larger messages are not ours. */
const largestReceivedBytes = 64 * 1024

export interface LaneEvents {
  opened(): void
  received(bytes: Uint8Array): void
  /** A text message: never a frame. */
  said(text: string): void
  writable(): void
  broken(): void
}

export interface ChannelLane {
  readonly open: boolean
  /** Sends at once, queued by the browser. False above the high mark; `writable` follows once it drained. */
  send(frame: Uint8Array): boolean
  say(text: string): void
}

/** One data channel as a lane: whole frames in order, and a pump between two marks of the browser's queue. */
export function channelLane(channel: RTCDataChannel, events: LaneEvents): ChannelLane {
  let refused = false
  channel.binaryType = 'arraybuffer'
  channel.bufferedAmountLowThreshold = lowMarkBytes
  channel.addEventListener('open', events.opened)
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') events.said(data)
    else if (!(data instanceof ArrayBuffer) || data.byteLength > largestReceivedBytes) events.broken()
    else events.received(new Uint8Array(data))
  })
  channel.addEventListener('bufferedamountlow', () => {
    if (!refused) return
    refused = false
    events.writable()
  })
  return {
    get open() {
      return channel.readyState === 'open'
    },
    send(frame) {
      if (channel.readyState !== 'open') return true
      try {
        // A shared buffer cannot be sent; the ports only ever hand over plain ones.
        channel.send(frame as Uint8Array<ArrayBuffer>)
      } catch {
        events.broken()
        return true
      }
      if (channel.bufferedAmount > mostQueuedBytes) events.broken()
      if (channel.bufferedAmount > highMarkBytes) refused = true
      return !refused
    },
    say(text) {
      try {
        if (channel.readyState === 'open') channel.send(text)
      } catch {
        // The link is ending anyway.
      }
    },
  }
}
