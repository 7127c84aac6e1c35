import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Manifest } from './manifest.ts'
import { planTraining } from './plan.ts'

const counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
const shard = (file: string, count: number) => ({ file, count, bytes: 1, rawBytes: count * 784, sha256: '' })
const manifest: Manifest = {
  shape: [28, 28, 1],
  train: counts.map((count, label) => ({
    label,
    count,
    shards: Array.from({ length: Math.ceil(count / 500) }, (_, i) =>
      shard(`train-${label}-${i}.gz`, Math.min(500, count - i * 500)),
    ),
  })),
  test: { count: 1000, shards: [shard('test-0.gz', 1000)] },
}

test('spreads samples evenly and fetches only what it takes', () => {
  const plan = planTraining(manifest, { classes: [0, 1, 2, 3, 4], samples: 2001, seed: 1 })
  expect(plan.map(({ label, take }) => [label, take])).toEqual([
    [0, 401],
    [1, 400],
    [2, 400],
    [3, 400],
    [4, 400],
  ])
  for (const { shards } of plan) expect(shards.length).toBeLessThanOrEqual(2)
})

test('a seed chooses the shards and repeats its choice', () => {
  const files = (seed: number) =>
    planTraining(manifest, { classes: [3], samples: 500, seed }).flatMap(({ shards }) =>
      shards.map((s) => s.file),
    )
  expect(files(7)).toEqual(files(7))
  expect(new Set(Array.from({ length: 30 }, (_, seed) => files(seed).join())).size).toBeGreaterThan(5)
})

test('always holds what it promises and never more than one shard too many', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 70_000 }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (classes, samples, seed) => {
        const plan = planTraining(manifest, { classes, samples, seed })
        for (const { label, take, shards } of plan) {
          const held = shards.reduce((sum, { count }) => sum + count, 0)
          expect(take).toBeLessThanOrEqual(counts[label] ?? 0)
          expect(held).toBeGreaterThanOrEqual(take)
          const smallest = Math.min(...shards.map(({ count }) => count))
          expect(held - take).toBeLessThan(500 + 500 - smallest + 1)
        }
        const total = plan.reduce((sum, { take }) => sum + take, 0)
        expect(total).toBe(
          classes.reduce((sum, label, i) => {
            const share = Math.floor(samples / classes.length) + (i < samples % classes.length ? 1 : 0)
            return sum + Math.min(share, counts[label] ?? 0)
          }, 0),
        )
      },
    ),
  )
})
