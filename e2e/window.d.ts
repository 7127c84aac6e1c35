import type { Examples } from '@gossamer/core'
import type { Session } from '@gossamer/core/browser'

declare global {
  interface Window {
    /** There only in tabs opened with `inspect=1`. */
    gossamer?: { readonly session: Session; readonly test: Examples }
  }
}
