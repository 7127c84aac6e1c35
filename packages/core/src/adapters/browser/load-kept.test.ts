import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { loadKept } from './load-kept.ts'
import { memoryStore } from './memory-store.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('gives what is kept, and nothing where nothing is', async () => {
  const store = memoryStore()
  await store.save('key', Uint8Array.of(1, 2))
  expect(await loadKept(store, 'key')).toEqual(Uint8Array.of(1, 2))
  expect(await loadKept(store, 'other')).toBeUndefined()
  expect(await loadKept(undefined, 'key')).toBeUndefined()
  expect(vi.getTimerCount()).toBe(0)
})

test('gives nothing where the store refuses, or does not answer for three seconds', async () => {
  const refusing = { ...memoryStore(), load: () => Promise.reject(new Error('forbidden')) }
  expect(await loadKept(refusing, 'key')).toBeUndefined()
  const silent = { ...memoryStore(), load: () => new Promise<never>(() => {}) }
  const answer = loadKept(silent, 'key')
  await vi.advanceTimersByTimeAsync(3_000)
  expect(await answer).toBeUndefined()
})
