import type { Examples } from '@gossamer/core'
import type { Session } from '@gossamer/core/browser'

declare global {
  interface Window {
    /** There only in tabs opened with `inspect=1`. */
    gossamer?: { readonly session: Session; readonly test: Examples }
  }
}

/** Lets tests and the swarm runner reach the live session: the app's only global. */
export function exposeSession(session: Session, test: Examples): void {
  window.gossamer = { session, test }
}
