import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Store } from '../../ports.ts'

interface Schema extends DBSchema {
  readonly values: { readonly key: string; readonly value: Uint8Array }
}

/** Keys sort as UTF-16; every key with the prefix lies between the prefix and the prefix with this after it. */
const afterAll = '\uffff'

/**
 * Keeps bytes in the origin's IndexedDB under `name`. A save is one transaction, so a tab that dies in the
 * middle leaves the old value. Calls reject where the browser refuses storage, with a DOMException named
 * QuotaExceededError where it is full.
 */
export function indexedDbStore(name = 'gossamer'): Store {
  let opened: Promise<IDBPDatabase<Schema>> | undefined
  const forget = (): void => {
    opened = undefined
  }
  const open = (): Promise<IDBPDatabase<Schema>> => {
    opened ??= openDB<Schema>(name, 1, {
      upgrade(database) {
        database.createObjectStore('values')
      },
      // Another tab wants to delete or upgrade the database: let go, and open again when needed.
      blocking(_current, _blocked, event) {
        forget()
        if (event.target instanceof IDBDatabase) event.target.close()
      },
      terminated: forget,
    }).catch((error: unknown) => {
      forget()
      throw error
    })
    return opened
  }
  const under = (prefix: string): IDBKeyRange => IDBKeyRange.bound(prefix, prefix + afterAll)
  return {
    load: async (key) => (await open()).get('values', key),
    async save(key, bytes) {
      const copy = bytes.slice()
      const transaction = (await open()).transaction('values', 'readwrite')
      const put = async (): Promise<unknown> => transaction.store.put(copy, key)
      await Promise.all([put(), transaction.done])
    },
    remove: async (key) => (await open()).delete('values', key),
    list: async (prefix) => (await open()).getAllKeys('values', under(prefix)),
    clear: async (prefix) => (await open()).delete('values', under(prefix)),
  }
}
