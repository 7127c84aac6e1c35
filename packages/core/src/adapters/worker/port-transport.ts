import type { PeerId, Transport, TransportEvent, Unsubscribe } from '../../ports.ts'
import type { FromTransport, ToTransport } from './transport-protocol.ts'

const highMarkBytes = 1024 * 1024
const lowMarkBytes = 256 * 1024

/**
 * The worker's end of a transport that lives on the page (RTCPeerConnection does not exist in workers). Keeps its
 * own account of bulk bytes under way, so that `send` can answer at once.
 */
export function portTransport(port: MessagePort, self: PeerId, maxFrameBytes: number): Transport {
  const listeners = new Set<(event: TransportEvent) => void>()
  const underWay = new Map<PeerId, number>()
  const refused = new Set<PeerId>()
  const post = (message: ToTransport, transfer: Transferable[] = []): void =>
    port.postMessage(message, transfer)
  const tell = (event: TransportEvent): void => {
    for (const listener of listeners) listener(event)
  }

  const onMessage = ({ data }: MessageEvent<FromTransport>): void => {
    if (data.type === 'taken') {
      const left = (underWay.get(data.peer) ?? 0) - data.bytes
      if (underWay.has(data.peer)) underWay.set(data.peer, left)
      if (left <= lowMarkBytes && refused.delete(data.peer)) tell({ type: 'writable', peer: data.peer })
      return
    }
    if (data.type === 'frame') post({ type: 'heard', from: data.from, bytes: data.bytes.byteLength })
    if (data.type === 'up') underWay.set(data.peer, 0)
    if (data.type === 'down') {
      underWay.delete(data.peer)
      refused.delete(data.peer)
    }
    tell(data)
  }

  return {
    self,
    maxFrameBytes,
    find: (count) => post({ type: 'find', count }),
    connect: (peer) => post({ type: 'connect', peer }),
    disconnect: (peer) => post({ type: 'disconnect', peer }),
    send: (to, lane, frame) => {
      const bytes = underWay.get(to)
      if (bytes === undefined) return true
      const owned = whole(frame)
      if (lane === 'control') {
        post({ type: 'send', to, lane, frame: owned }, [owned.buffer])
        return true
      }
      const total = bytes + owned.byteLength
      underWay.set(to, total)
      post({ type: 'send', to, lane, frame: owned }, [owned.buffer])
      if (total <= highMarkBytes) return true
      refused.add(to)
      return false
    },
    listen: (listener): Unsubscribe => {
      listeners.add(listener)
      // A port keeps its messages until someone listens: links come up while the engine still chooses a backend.
      port.onmessage ??= onMessage
      return () => listeners.delete(listener)
    },
    close: () => {
      post({ type: 'close' })
      listeners.clear()
    },
  }
}

/** The bytes in a buffer of their own, which alone may be transferred; copied only where they are a view. */
export function whole(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes
  return buffer instanceof ArrayBuffer && bytes.byteLength === buffer.byteLength
    ? new Uint8Array(buffer)
    : bytes.slice()
}
