import type { Discovery } from '../../ports.ts'
import { broadcastDiscovery } from './broadcast-discovery.ts'
import type { Identity } from './identity.ts'
import type { JoinOptions } from './session.ts'
import { signalingDiscovery } from './signaling-client.ts'

export interface OpenDiscovery {
  readonly port: Discovery
  /** Dealt by whoever introduces the peers; 0 where nobody answers in time. */
  readonly seat: Promise<number>
  readonly iceServers: () => readonly RTCIceServer[]
}

const seatTimeoutMs = 2_500

/** Through signaling servers, or without one among the tabs of this origin. */
export function openDiscovery(
  { signaling, joinToken }: Pick<JoinOptions, 'signaling' | 'joinToken'>,
  identity: Identity,
  topic: string,
): OpenDiscovery {
  if (signaling === false) {
    const port = broadcastDiscovery({ self: identity.peerId, topic })
    return { port, seat: inTime(port.seat), iceServers: () => [] }
  }
  const port = signalingDiscovery({
    urls: [signaling].flat(),
    identity,
    topic,
    ...(joinToken === undefined ? {} : { joinToken }),
  })
  return { port, seat: inTime(port.seat), iceServers: () => port.iceServers() }
}

const inTime = (seat: Promise<number>): Promise<number> =>
  Promise.race([seat, new Promise<number>((resolve) => setTimeout(resolve, seatTimeoutMs, 0))])
