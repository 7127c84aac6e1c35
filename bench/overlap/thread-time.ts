import { readdirSync, readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'

/** Processor time so far of each thread that a worker runs in, in ms, by process and thread. Linux only: empty elsewhere. */
export async function workerTimes(browser: Browser): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>()
  const client = await browser.newBrowserCDPSession()
  const { processInfo } = await client.send('SystemInfo.getProcessInfo')
  await client.detach()
  for (const { id, type } of processInfo) {
    if (type !== 'renderer') continue
    try {
      for (const thread of readdirSync(`/proc/${id}/task`)) {
        const stat = readFileSync(`/proc/${id}/task/${thread}/stat`, 'utf8')
        if (stat.includes('(DedicatedWorker')) times.set(`${id}/${thread}`, timeIn(stat))
      }
    } catch {
      // A thread or process that ended meanwhile, or no Linux.
    }
  }
  return times
}

/** Fields 14 and 15 of proc(5), in ticks of 10 ms; the name before them may hold blanks. */
function timeIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return 10 * (Number(fields[11]) + Number(fields[12]))
}

/** Of the thread that worked most in between. */
export const busiest = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number =>
  Math.max(0, ...[...after].map(([thread, time]) => time - (before.get(thread) ?? 0)))
