import type { PeerId, Transport } from '../../ports.ts'

/** A transport that reaches nobody, where the browser has no WebRTC: training alone goes on. */
export const loneTransport = (self: PeerId): Transport => ({
  self,
  maxFrameBytes: 16_400,
  find: () => {},
  connect: () => {},
  disconnect: () => {},
  send: () => true,
  listen: () => () => {},
  close: () => {},
})
