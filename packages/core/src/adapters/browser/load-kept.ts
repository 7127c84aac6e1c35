import type { Store } from '../../ports.ts'
import { within } from './within.ts'

const patienceMs = 3_000

/**
 * What is kept under a key; undefined also where the store refuses, or does not answer: browsers have been seen to open a
 * database never. Nobody should wait at the door for that.
 */
export async function loadKept(store: Store | undefined, key: string): Promise<Uint8Array | undefined> {
  if (store === undefined) return undefined
  try {
    return await within(patienceMs, store.load(key))
  } catch {
    return undefined
  }
}
