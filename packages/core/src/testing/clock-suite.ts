import { describe, expect, test } from 'vitest'
import type { Clock } from '../ports.ts'

export interface ClockUnderTest {
  readonly clock: Clock
  /** Lets time pass, real or virtual, until the condition holds. */
  until(condition: () => boolean): Promise<void>
}

/** What every clock promises. */
export function clockSuite(name: string, create: () => ClockUnderTest): void {
  describe(`clock: ${name}`, () => {
    test('runs what is due once, in order of time, never before its time and never at once', async () => {
      const { clock, until } = create()
      const ran: [number, number][] = []
      const start = clock.now()
      for (const ms of [30, 10, 20, 0]) clock.after(ms, () => ran.push([ms, clock.now() - start]))
      expect(ran).toEqual([])
      await until(() => ran.length === 4)
      expect(ran.map(([ms]) => ms)).toEqual([0, 10, 20, 30])
      // A browser's timers may round down by a millisecond.
      for (const [ms, elapsedMs] of ran) expect(elapsedMs).toBeGreaterThanOrEqual(ms - 1)
    })

    test('what was cancelled never runs, and cancelling late does no harm', async () => {
      const { clock, until } = create()
      const ran: string[] = []
      const cancel = clock.after(5, () => ran.push('cancelled'))
      const late = clock.after(1, () => ran.push('kept'))
      cancel()
      cancel()
      clock.after(20, () => ran.push('end'))
      await until(() => ran.includes('end'))
      late()
      expect(ran).toEqual(['kept', 'end'])
    })

    test('never runs backwards', async () => {
      const { clock, until } = create()
      const seen: number[] = []
      const look = (): void => {
        seen.push(clock.now())
        if (seen.length < 20) clock.after(1, look)
      }
      look()
      await until(() => seen.length === 20)
      expect(seen).toEqual([...seen].sort((a, b) => a - b))
      expect(seen[19]).toBeGreaterThan(seen[0] ?? 0)
    })

    test('what is far away does not run at once', async () => {
      const { clock, until } = create()
      const ran: string[] = []
      const cancel = clock.after(1e12, () => ran.push('far'))
      clock.after(20, () => ran.push('near'))
      await until(() => ran.length > 0)
      cancel()
      expect(ran).toEqual(['near'])
    })
  })
}
