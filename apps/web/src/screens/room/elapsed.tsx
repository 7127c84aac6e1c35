import { useEffect, useState } from 'react'
import { clock } from '../../strings/format.ts'

/** Time trained so far. Ticks once a second by itself, so it does not wait for news from the engine. */
export function Elapsed({
  trainedMs,
  isRunning,
}: {
  readonly trainedMs: number
  readonly isRunning: boolean
}) {
  const [known, setKnown] = useState({ trainedMs, atMs: performance.now() })
  const [nowMs, setNowMs] = useState(known.atMs)
  useEffect(() => {
    const atMs = performance.now()
    setKnown({ trainedMs, atMs })
    setNowMs(atMs)
    if (!isRunning) return
    const timer = setInterval(() => setNowMs(performance.now()), 1000)
    return () => clearInterval(timer)
  }, [trainedMs, isRunning])
  return clock(known.trainedMs + (isRunning ? nowMs - known.atMs : 0))
}
