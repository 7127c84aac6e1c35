/** Adds up the time during which it runs. */
export interface Stopwatch {
  run(isRunning: boolean): void
  elapsedMs(): number
}

export function createStopwatch(nowMs: () => number): Stopwatch {
  let totalMs = 0
  let sinceMs: number | undefined
  return {
    run(isRunning) {
      if (isRunning === (sinceMs !== undefined)) return
      if (sinceMs !== undefined) totalMs += nowMs() - sinceMs
      sinceMs = isRunning ? nowMs() : undefined
    },
    elapsedMs: () => totalMs + (sinceMs === undefined ? 0 : nowMs() - sinceMs),
  }
}
