import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fullBucket, takeTokens, waitForTokensMs } from './token-bucket.ts'

const rate = { perSecond: 30, burst: 60 }

test('never more than burst plus what flowed in is spent', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(400), fc.nat(20))), (attempts) => {
      let bucket = fullBucket(rate, 0)
      let nowMs = 0
      let spent = 0
      for (const [elapsedMs, cost] of attempts) {
        nowMs += elapsedMs
        const result = takeTokens(bucket, rate, nowMs, cost)
        bucket = result.bucket
        if (result.taken) spent += cost
        expect(bucket.tokens).toBeGreaterThanOrEqual(0)
        expect(spent).toBeLessThanOrEqual(rate.burst + (nowMs / 1000) * rate.perSecond + 1e-6)
      }
    }),
  )
})

test('waiting as long as told is enough', () => {
  const { bucket } = takeTokens(fullBucket(rate, 0), rate, 0, 60)
  expect(takeTokens(bucket, rate, 0).taken).toBe(false)
  expect(waitForTokensMs(bucket, rate, 0, 15)).toBeCloseTo(500)
  expect(takeTokens(bucket, rate, 501, 15).taken).toBe(true)
  expect(waitForTokensMs(bucket, rate, 0, 61)).toBe(Number.POSITIVE_INFINITY)
})

test('a clock that stands behind gives nothing', () => {
  const { bucket } = takeTokens(fullBucket(rate, 1000), rate, 1000, 60)
  const late = takeTokens(bucket, rate, 0)
  expect(late.taken).toBe(false)
  expect(late.bucket.atMs).toBe(1000)
})
