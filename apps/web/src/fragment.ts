import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}

/** The URL's fragment with its '#', as a person or a link set it. */
export const useFragment = (): string => useSyncExternalStore(subscribe, () => window.location.hash)

/** Goes to another place of the app; the back button returns. */
export function goTo(fragment: string): void {
  window.location.hash = fragment
}

/** Writes into the URL what the app decided for itself; the back button does not stop there. */
export function rewriteFragment(fragment: string): void {
  window.history.replaceState(window.history.state, '', fragment)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}
