import type { Store } from '../../ports.ts'
import type { HostedEngine } from '../worker/host-engine.ts'
import { loadKept } from './load-kept.ts'
import { tabId } from './tab-id.ts'
import { within } from './within.ts'

/** The checkpoint of one tab in one room. */
export interface Checkpoints {
  /** What an earlier load of this tab left. */
  readonly last: Uint8Array | undefined
  /** Saves now; a full, forbidden or silent store becomes a problem in the snapshot, never an error. */
  save(engine: HostedEngine): Promise<void>
  /** Saves every ten seconds and when the page is hidden or left, until the answer is called. */
  keepSaving(engine: HostedEngine): () => void
}

const everyMs = 10_000
/** Whoever leaves waits for no more than that. */
const savingMs = 10_000

export async function checkpoints(store: Store | undefined, topic: string): Promise<Checkpoints> {
  const key = `checkpoint/${topic}/${await tabId()}`
  let told = false

  const save = async (engine: HostedEngine): Promise<void> => {
    if (store === undefined) return
    try {
      const bytes = await engine.request('checkpoint', {})
      if (bytes !== null) await within(savingMs, store.save(key, bytes))
    } catch (error) {
      if (told || engine.snapshot().status === 'left') return
      told = true
      engine.addProblem({
        code: 'storage-full',
        detail: error instanceof Error ? error.message : String(error),
      })
    }
  }

  return {
    last: await loadKept(store, key),
    save,
    keepSaving: (engine) => {
      const saveNow = (): void => void save(engine)
      const timer = setInterval(() => {
        if (engine.snapshot().status === 'training') saveNow()
      }, everyMs)
      addEventListener('pagehide', saveNow)
      addEventListener('visibilitychange', saveNow)
      return () => {
        clearInterval(timer)
        removeEventListener('pagehide', saveNow)
        removeEventListener('visibilitychange', saveNow)
      }
    },
  }
}
