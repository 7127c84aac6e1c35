import { describe, expect, test } from 'vitest'
import type { Store } from '../ports.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

/** What every store promises. `create` gives an empty one that nobody else uses. */
export function storeSuite(name: string, create: () => Promise<Store>): void {
  describe(`store: ${name}`, () => {
    test('gives back what was saved, and undefined for what was not', async () => {
      const store = await create()
      expect(await store.load('a/b')).toBeUndefined()
      await store.save('a/b', bytes(1, 2, 3))
      await store.save('a/empty', bytes())
      expect(await store.load('a/b')).toEqual(bytes(1, 2, 3))
      expect(await store.load('a/empty')).toEqual(bytes())
      expect(await store.load('a')).toBeUndefined()
    })

    test('a save replaces the whole value, and the last one stays', async () => {
      const store = await create()
      await store.save('key', bytes(1, 2, 3, 4))
      await store.save('key', bytes(9))
      expect(await store.load('key')).toEqual(bytes(9))
      await Promise.all([5, 6, 7].map((value) => store.save('key', bytes(value))))
      expect(await store.load('key')).toEqual(bytes(7))
    })

    test('reads the bytes before save returns, and hands out copies', async () => {
      const store = await create()
      const mine = bytes(1, 2)
      const saving = store.save('key', mine)
      mine[0] = 99
      await saving
      const first = await store.load('key')
      expect(first).toEqual(bytes(1, 2))
      first?.fill(7)
      expect(await store.load('key')).toEqual(bytes(1, 2))
    })

    test('saves only the bytes of a view', async () => {
      const store = await create()
      await store.save('key', bytes(0, 1, 2, 3, 4).subarray(1, 3))
      const loaded = await store.load('key')
      expect(loaded).toEqual(bytes(1, 2))
      expect(loaded?.buffer.byteLength).toBe(2)
    })

    test('lists by prefix, sorted, and clears by prefix', async () => {
      const store = await create()
      for (const key of ['room/b', 'room/a', 'room/a/1', 'room', 'roomy', 'other'])
        await store.save(key, bytes(1))
      expect(await store.list('room/')).toEqual(['room/a', 'room/a/1', 'room/b'])
      expect(await store.list('')).toHaveLength(6)
      await store.clear('room/')
      expect(await store.list('')).toEqual(['other', 'room', 'roomy'])
      await store.remove('other')
      await store.remove('never-was')
      expect(await store.load('other')).toBeUndefined()
    })

    test('holds a model of ten million bytes', async () => {
      const store = await create()
      const large = Uint8Array.from({ length: 10_000_000 }, (_, i) => i & 255)
      await store.save('large', large)
      const loaded = await store.load('large')
      expect(loaded?.length).toBe(large.length)
      expect(loaded?.every((value, i) => value === (i & 255))).toBe(true)
    })
  })
}
