import type { Bench } from './measured.ts'

declare global {
  interface Window {
    bench?: Bench
  }
}
