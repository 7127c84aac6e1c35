import { deleteDB } from 'idb'
import { expect, test, vi } from 'vitest'
import { storeSuite } from '../../testing/store-suite.ts'
import { indexedDbStore } from './indexeddb-store.ts'

let made = 0
const freshName = (): string => `store-test-${performance.timeOrigin}-${made++}`

storeSuite('IndexedDB', async () => indexedDbStore(freshName()))

test('another store of the same name, as in a later visit, sees what was saved', async () => {
  const name = freshName()
  await indexedDbStore(name).save('key', Uint8Array.of(1))
  expect(await indexedDbStore(name).load('key')).toEqual(Uint8Array.of(1))
})

test('a full disk surfaces as QuotaExceededError and leaves the old value', async () => {
  const store = indexedDbStore(freshName())
  await store.save('key', Uint8Array.of(1))
  const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore) {
    this.transaction.abort()
    throw new DOMException('full', 'QuotaExceededError')
  })
  await expect(store.save('key', Uint8Array.of(2))).rejects.toMatchObject({ name: 'QuotaExceededError' })
  full.mockRestore()
  expect(await store.load('key')).toEqual(Uint8Array.of(1))
})

test('lets go of a database that another tab deletes, and works on afterwards', async () => {
  const name = freshName()
  const store = indexedDbStore(name)
  await store.save('key', Uint8Array.of(1))
  await deleteDB(name)
  expect(await store.load('key')).toBeUndefined()
  await store.save('key', Uint8Array.of(2))
  expect(await store.load('key')).toEqual(Uint8Array.of(2))
})
