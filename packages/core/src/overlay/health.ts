/** Liveness by heartbeat: a killed or frozen tab shows in WebRTC only after 5 to 15 s. */
export const pingEveryMs = 1_000
const suspectAfterMs = 3_000
const deadAfterMs = 12_000

export type Health = 'alive' | 'suspect' | 'dead'

/** What `silentMs` without a word says about a peer. */
export const healthOf = (silentMs: number): Health =>
  silentMs >= deadAfterMs ? 'dead' : silentMs >= suspectAfterMs ? 'suspect' : 'alive'
