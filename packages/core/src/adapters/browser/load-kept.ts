import type { Store } from '../../ports.ts'

const patienceMs = 3_000

/**
 * What is kept under a key; undefined also where the store refuses, or does not answer: browsers have been seen to open a
 * database never. Nobody should wait at the door for that.
 */
export async function loadKept(store: Store | undefined, key: string): Promise<Uint8Array | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, patienceMs, undefined)
  })
  try {
    return await Promise.race([store?.load(key), tooLate])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
