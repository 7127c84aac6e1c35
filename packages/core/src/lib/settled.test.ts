import { expect, test } from 'vitest'
import { attempt, failed, settled } from './settled.ts'

test('callbacks run at once, and chains flatten', () => {
  const seen: string[] = []
  settled(2)
    .then((value) => settled(value + 1))
    .then((value) => seen.push(`got ${value}`))
  seen.push('after')
  expect(seen).toEqual(['got 3', 'after'])
})

test('a failure passes by until someone looks', () => {
  const seen: unknown[] = []
  settled(1)
    .then(() => {
      throw new Error('lost')
    })
    .then(() => seen.push('skipped'))
    .then(undefined, (error: unknown) => {
      seen.push(error instanceof Error && error.message)
      return 'recovered'
    })
    .then((value) => seen.push(value))
  expect(seen).toEqual(['lost', 'recovered'])
})

test('they can be awaited', async () => {
  expect(await settled(5)).toBe(5)
  await expect(Promise.resolve(failed(new Error('lost')))).rejects.toThrow('lost')
  expect(await settled(1).then(() => Promise.resolve(7))).toBe(7)
})

test('an attempt turns a throw into a failure', () => {
  const seen: unknown[] = []
  attempt(() => 3).then((value) => seen.push(value))
  attempt(() => {
    throw new Error('lost')
  }).then(undefined, () => seen.push('failed'))
  expect(seen).toEqual([3, 'failed'])
})
