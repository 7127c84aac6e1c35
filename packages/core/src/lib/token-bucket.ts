/** How much may be spent: `perSecond` tokens flow in, and at most `burst` of them wait. */
export interface TokenRate {
  readonly perSecond: number
  readonly burst: number
}

/** What is left at one moment. A plain value: taking makes a new one. */
export interface TokenBucket {
  readonly tokens: number
  readonly atMs: number
}

export const fullBucket = (rate: TokenRate, nowMs: number): TokenBucket => ({
  tokens: rate.burst,
  atMs: nowMs,
})

/** Takes `cost` tokens where there are as many; where not, nothing is taken and `taken` is false. Time only runs forward. */
export function takeTokens(
  bucket: TokenBucket,
  rate: TokenRate,
  nowMs: number,
  cost = 1,
): { readonly bucket: TokenBucket; readonly taken: boolean } {
  const tokens = tokensAt(bucket, rate, nowMs)
  const atMs = Math.max(bucket.atMs, nowMs)
  const taken = tokens >= cost
  return { bucket: { tokens: taken ? tokens - cost : tokens, atMs }, taken }
}

/** Milliseconds from `nowMs` until `cost` tokens are there; Infinity for more than a full bucket holds. */
export function waitForTokensMs(bucket: TokenBucket, rate: TokenRate, nowMs: number, cost = 1): number {
  if (cost > rate.burst) return Number.POSITIVE_INFINITY
  return Math.max(0, ((cost - tokensAt(bucket, rate, nowMs)) / rate.perSecond) * 1000)
}

const tokensAt = (bucket: TokenBucket, rate: TokenRate, nowMs: number): number =>
  Math.min(rate.burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1000) * rate.perSecond)
