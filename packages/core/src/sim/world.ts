import { createHeap, type Heap } from '../lib/heap.ts'
import type { Clock, Unsubscribe } from '../ports.ts'

interface Timer {
  run: (() => void) | undefined
}

/**
 * Virtual time: events run in the order of their time, those of one moment in the order in which they were
 * scheduled, and nothing runs in between. Time stands still while an event runs.
 */
export class World implements Clock {
  readonly #timers: Heap<Timer> = createHeap()
  #nowMs = 0
  #events = 0

  now(): number {
    return this.#nowMs
  }

  /** Events run so far. */
  get events(): number {
    return this.#events
  }

  after(ms: number, run: () => void): Unsubscribe {
    const timer: Timer = { run }
    this.#timers.push(this.#nowMs + Math.max(0, ms), timer)
    return () => {
      timer.run = undefined
    }
  }

  /** Runs everything that is due up to `untilMs`, and then it is `untilMs`. */
  run(untilMs: number): void {
    for (;;) {
      const atMs = this.#timers.smallestKey
      if (atMs === undefined || atMs > untilMs) break
      const timer = this.#timers.pop()
      this.#nowMs = atMs
      const run = timer?.run
      if (run === undefined) continue
      this.#events++
      run()
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs)
  }
}
