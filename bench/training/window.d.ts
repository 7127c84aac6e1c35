import type { Measured } from './measured.ts'

declare global {
  interface Window {
    /** Measures one case in this page. */
    measure?: (model: string, backend: string, rounds: number) => Promise<Measured>
  }
}
