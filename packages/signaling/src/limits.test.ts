import { expect, test } from 'vitest'
import { type Accounts, admit, defaultLimits, fullBucket, release, sweep, take, takeJoin } from './limits.ts'

const rate = { burst: 3, perSecond: 2 }

test('a bucket gives its burst, then says how long to wait, then gives at its rate', () => {
  const bucket = fullBucket(rate, 0)
  expect([0, 0, 0].map((nowMs) => take(bucket, rate, nowMs))).toEqual([0, 0, 0])
  expect(take(bucket, rate, 0)).toBe(500)
  expect(take(bucket, rate, 400)).toBe(100)
  expect(take(bucket, rate, 500)).toBe(0)
  expect(take(bucket, rate, 500)).toBe(500)
})

test('a bucket never holds more than its burst, and a clock that stands still gives nothing', () => {
  const bucket = fullBucket(rate, 0)
  for (let i = 0; i < 3; i++) expect(take(bucket, rate, 1e9)).toBe(0)
  expect(take(bucket, rate, 1e9)).toBeGreaterThan(0)
  expect(take(bucket, rate, 0)).toBeGreaterThan(0)
})

test('an address has its share of connections and joins, and others have theirs', () => {
  const limits = { ...defaultLimits, connectionsPerAddress: 2, joinsPerAddress: { burst: 1, perSecond: 1 } }
  const accounts: Accounts = new Map()
  expect(admit(accounts, 'a', limits, 0)).toBe(true)
  expect(admit(accounts, 'a', limits, 0)).toBe(true)
  expect(admit(accounts, 'a', limits, 0)).toBe(false)
  expect(admit(accounts, 'b', limits, 0)).toBe(true)
  release(accounts, 'a')
  expect(admit(accounts, 'a', limits, 0)).toBe(true)
  expect(takeJoin(accounts, 'a', limits, 0)).toBe(0)
  expect(takeJoin(accounts, 'a', limits, 0)).toBe(1000)
  expect(takeJoin(accounts, 'b', limits, 0)).toBe(0)
})

test('an address is forgotten only once it is away and owes nothing', () => {
  const limits = { ...defaultLimits, joinsPerAddress: { burst: 1, perSecond: 1 } }
  const accounts: Accounts = new Map()
  admit(accounts, 'a', limits, 0)
  takeJoin(accounts, 'a', limits, 0)
  sweep(accounts, limits, 5000)
  expect(accounts.size).toBe(1)
  takeJoin(accounts, 'a', limits, 5000)
  release(accounts, 'a')
  sweep(accounts, limits, 5500)
  expect(accounts.size).toBe(1)
  sweep(accounts, limits, 6000)
  expect(accounts.size).toBe(0)
})
