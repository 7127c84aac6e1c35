import type { Store } from '../../ports.ts'

/** Keeps bytes as long as it lives itself. */
export function memoryStore(): Store {
  const values = new Map<string, Uint8Array>()
  const keysUnder = (prefix: string): string[] => [...values.keys()].filter((key) => key.startsWith(prefix))
  return {
    load: (key) => Promise.resolve(values.get(key)?.slice()),
    save(key, bytes) {
      values.set(key, bytes.slice())
      return Promise.resolve()
    },
    remove(key) {
      values.delete(key)
      return Promise.resolve()
    },
    list: (prefix) => Promise.resolve(keysUnder(prefix).sort()),
    clear(prefix) {
      for (const key of keysUnder(prefix)) values.delete(key)
      return Promise.resolve()
    },
  }
}
