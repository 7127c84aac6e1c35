/** What one connection and one address may ask for. Pure: time is passed in. */

export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

export interface Limits {
  /** Connections in all. */
  readonly connections: number
  readonly connectionsPerAddress: number
  readonly joinsPerAddress: Rate
  /** Of one connection. */
  readonly messages: Rate
  /** Typed errors that a connection gets before it is closed with 1008. */
  readonly errors: Rate
  readonly roomsPerConnection: number
  readonly peersPerRoom: number
  /** Unsent bytes towards one peer; above, its connection is closed with 1013. */
  readonly queueBytes: number
  /** Time to answer the challenge. */
  readonly helloMs: number
}

export const defaultLimits: Limits = {
  connections: 10_000,
  connectionsPerAddress: 50,
  joinsPerAddress: { burst: 20, perSecond: 2 },
  messages: { burst: 60, perSecond: 30 },
  errors: { burst: 10, perSecond: 1 / 6 },
  roomsPerConnection: 8,
  peersPerRoom: 10_000,
  queueBytes: 256 * 1024,
  helloMs: 10_000,
}

/** A token bucket; `take` changes it in place. */
export interface Bucket {
  tokens: number
  atMs: number
}

export const fullBucket = (rate: Rate, nowMs: number): Bucket => ({ tokens: rate.burst, atMs: nowMs })

function refill(bucket: Bucket, rate: Rate, nowMs: number): void {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs)
  bucket.tokens = Math.min(rate.burst, bucket.tokens + (elapsedMs / 1000) * rate.perSecond)
  bucket.atMs = Math.max(bucket.atMs, nowMs)
}

/** 0 where a token was taken; otherwise nothing was taken, and the milliseconds until one is there. */
export function take(bucket: Bucket, rate: Rate, nowMs: number): number {
  refill(bucket, rate, nowMs)
  if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / rate.perSecond) * 1000)
  bucket.tokens -= 1
  return 0
}

interface Account {
  connections: number
  readonly joins: Bucket
}

/** Connections and joins by address. An address is forgotten once it holds nothing and owes nothing. */
export type Accounts = Map<string, Account>

function accountOf(accounts: Accounts, address: string, limits: Limits, nowMs: number): Account {
  const known = accounts.get(address)
  if (known !== undefined) return known
  const fresh = { connections: 0, joins: fullBucket(limits.joinsPerAddress, nowMs) }
  accounts.set(address, fresh)
  return fresh
}

/** Counts a connection in; false, and not counted, where the address has its share. */
export function admit(accounts: Accounts, address: string, limits: Limits, nowMs: number): boolean {
  const account = accountOf(accounts, address, limits, nowMs)
  if (account.connections >= limits.connectionsPerAddress) return false
  account.connections += 1
  return true
}

/** Counts an admitted connection out. */
export function release(accounts: Accounts, address: string): void {
  const account = accounts.get(address)
  if (account !== undefined) account.connections = Math.max(0, account.connections - 1)
}

/** 0 where the address may join a room now, otherwise the milliseconds until it may. */
export const takeJoin = (accounts: Accounts, address: string, limits: Limits, nowMs: number): number =>
  take(accountOf(accounts, address, limits, nowMs).joins, limits.joinsPerAddress, nowMs)

/** Forgets addresses without connections whose bucket is full again, so that passers-by take no memory. */
export function sweep(accounts: Accounts, limits: Limits, nowMs: number): void {
  for (const [address, account] of accounts) {
    refill(account.joins, limits.joinsPerAddress, nowMs)
    if (account.connections === 0 && account.joins.tokens >= limits.joinsPerAddress.burst) {
      accounts.delete(address)
    }
  }
}
