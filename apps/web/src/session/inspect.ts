import type { Session } from '@gossamer/core/browser'

declare global {
  interface Window {
    /** There only in tabs opened with `inspect=1`. */
    gossamer?: { readonly session: Session }
  }
}

/** Lets tests and the swarm runner reach the live session: the app's only global. */
export function exposeSession(session: Session): void {
  window.gossamer = { session }
}
