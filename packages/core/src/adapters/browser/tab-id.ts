const key = 'gossamer/tab'

/**
 * A name for this tab that survives reloads, so that its checkpoint is found again. A duplicated tab inherits
 * session storage and would share it: a lock held for as long as the tab lives tells the two apart.
 */
export async function tabId(): Promise<string> {
  const known = read()
  if (known !== undefined && (await claim(known))) return known
  const fresh = crypto
    .getRandomValues(new Uint8Array(8))
    .reduce((hex, byte) => hex + byte.toString(16).padStart(2, '0'), '')
  try {
    sessionStorage.setItem(key, fresh)
  } catch {
    // Without session storage every load is a new tab.
  }
  await claim(fresh)
  return fresh
}

function read(): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

/** Whether no other tab holds the name; browsers without locks, and pages that may not have any, take the risk. */
function claim(id: string): Promise<boolean> {
  if (!('locks' in navigator) || navigator.locks === undefined) return Promise.resolve(true)
  return new Promise((resolve) => {
    const held = navigator.locks.request(`gossamer/tab/${id}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock === null ? undefined : new Promise<void>(() => {})
    })
    // Another site's frame is denied locks where the browser keeps its storage from it.
    held.catch(() => resolve(true))
  })
}
