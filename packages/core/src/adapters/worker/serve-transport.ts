import type { PeerId, Transport } from '../../ports.ts'
import { whole } from './port-transport.ts'
import type { FromTransport, ToTransport } from './transport-protocol.ts'

/** The page's end: performs what a node in a worker asks of `transport`, and passes on what happens. */
export function serveTransport(transport: Transport, port: MessagePort): void {
  const owed = new Map<PeerId, number>()
  const post = (message: FromTransport, transfer: Transferable[] = []): void =>
    port.postMessage(message, transfer)

  transport.listen((event) => {
    switch (event.type) {
      case 'frame': {
        const bytes = whole(event.bytes)
        post({ ...event, bytes }, [bytes.buffer])
        break
      }
      case 'writable':
        post({ type: 'taken', peer: event.peer, bytes: owed.get(event.peer) ?? 0 })
        owed.delete(event.peer)
        break
      case 'down':
        owed.delete(event.peer)
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
      case 'close':
        transport.close()
        break
    }
  }
}
