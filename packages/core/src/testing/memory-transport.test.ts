import type { Clock } from '../ports.ts'
import { memoryNetwork } from './memory-transport.ts'
import { transportSuite } from './transport-suite.ts'

/** A clock that jumps to whatever is due next. */
function jumpingClock(): { readonly clock: Clock; readonly jump: () => boolean } {
  let nowMs = 0
  const due: { atMs: number; run: () => void }[] = []
  return {
    clock: {
      now: () => nowMs,
      after(ms, run) {
        const entry = { atMs: nowMs + ms, run }
        due.push(entry)
        due.sort((a, b) => a.atMs - b.atMs)
        return () => {
          if (due.includes(entry)) due.splice(due.indexOf(entry), 1)
        }
      },
    },
    jump() {
      const next = due.shift()
      if (next === undefined) return false
      nowMs = next.atMs
      next.run()
      return true
    },
  }
}

transportSuite('memory', async (count) => {
  const { clock, jump } = jumpingClock()
  const network = memoryNetwork(clock)
  return {
    transports: Array.from({ length: count }, (_, i) => network.join(`peer-${i}`)),
    stranger: 'stranger',
    async until(condition) {
      while (!condition()) if (!jump()) throw new Error('Nothing more will happen.')
    },
    close: () => undefined,
  }
})
