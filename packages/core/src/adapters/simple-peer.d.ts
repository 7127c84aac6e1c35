/** The part of simple-peer 9.11 that one adapter uses. The package's own entry wants Node shims; this build does not. */
declare module 'simple-peer/simplepeer.min.js' {
  export interface PeerSignal {
    readonly type: 'offer' | 'answer' | 'candidate' | 'renegotiate' | 'transceiverRequest'
    readonly sdp?: string
    readonly candidate?: RTCIceCandidateInit
  }

  export interface PeerOptions {
    readonly initiator: boolean
    readonly channelName?: string
    readonly channelConfig?: RTCDataChannelInit
    readonly config?: RTCConfiguration
  }

  export default class SimplePeer {
    constructor(options: PeerOptions)
    /** Undefined where the browser refused a connection; null after the end. */
    readonly _pc: RTCPeerConnection | null | undefined
    readonly _channel: RTCDataChannel | null
    readonly destroyed: boolean
    readonly destroying: boolean
    offerOptions: RTCOfferOptions
    signal(data: PeerSignal): void
    negotiate(): void
    destroy(error?: Error): void
    /** Reads and drops what arrives. */
    resume(): this
    on(event: 'signal', listener: (signal: PeerSignal) => void): this
    on(event: 'iceStateChange', listener: (connection: RTCIceConnectionState) => void): this
    on(event: 'error', listener: (error: Error) => void): this
    on(event: 'close', listener: () => void): this
  }
}
