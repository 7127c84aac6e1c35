import type { PeerId, Transport } from '../../ports.ts'
import { whole } from './port-transport.ts'
import type { FromTransport, ToTransport } from './transport-protocol.ts'

/**
 * Bytes that may wait for a busy worker, for each neighbour: more than an honest peer's credit window, which the
 * worker opens as it takes frames in. Data channels themselves have no backpressure toward the receiver.
 */
const mostWaitingBytes = 2 * 1024 * 1024

/** The page's end: performs what a node in a worker asks of `transport`, and passes on what happens. */
export function serveTransport(transport: Transport, port: MessagePort): void {
  const owed = new Map<PeerId, number>()
  const waiting = new Map<PeerId, number>()
  const post = (message: FromTransport, transfer: Transferable[] = []): void =>
    port.postMessage(message, transfer)

  transport.listen((event) => {
    switch (event.type) {
      case 'frame': {
        const held = waiting.get(event.from) ?? 0
        if (held > mostWaitingBytes) break
        const bytes = whole(event.bytes)
        waiting.set(event.from, held + bytes.byteLength)
        if (held + bytes.byteLength > mostWaitingBytes) post({ type: 'flooded', peer: event.from })
        else post({ ...event, bytes }, [bytes.buffer])
        break
      }
      case 'writable':
        post({ type: 'taken', peer: event.peer, bytes: owed.get(event.peer) ?? 0 })
        owed.delete(event.peer)
        break
      case 'down':
        owed.delete(event.peer)
        waiting.delete(event.peer)
        post(event)
        break
      default:
        post(event)
    }
  })

  port.onmessage = ({ data }: MessageEvent<ToTransport>): void => {
    switch (data.type) {
      case 'find':
        transport.find(data.count)
        break
      case 'connect':
        transport.connect(data.peer)
        break
      case 'disconnect':
        transport.disconnect(data.peer)
        break
      case 'send': {
        const { to, lane, frame } = data
        const bytes = frame.byteLength
        const takesMore = transport.send(to, lane, frame)
        if (lane === 'control') break
        if (takesMore && !owed.has(to)) post({ type: 'taken', peer: to, bytes })
        else owed.set(to, (owed.get(to) ?? 0) + bytes)
        break
      }
      case 'heard': {
        const held = waiting.get(data.from)
        if (held !== undefined && held <= mostWaitingBytes) waiting.set(data.from, held - data.bytes)
        break
      }
      case 'close':
        transport.close()
        break
    }
  }
}
