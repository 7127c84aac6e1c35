import type { Random } from '../../ports.ts'

const quickMs = 200
const firstMs = 500
/** Within the first minutes of an outage, so that peers are back seconds after a restart. */
const longestAtFirstMs = 8_000
const outageIsLongMs = 120_000
const longestMs = 30_000

/**
 * How long to wait after `failures` in a row: almost nothing at first, then half a second, doubling up to 8 s, and
 * up to 30 s once the outage is two minutes old. Jitter of one half keeps a crowd from returning in step.
 */
export function retryDelayMs(failures: number, outageMs: number, random: Random): number {
  if (failures === 0) return quickMs * random.next()
  const cap = outageMs < outageIsLongMs ? longestAtFirstMs : longestMs
  return Math.min(cap, firstMs * 2 ** Math.min(failures - 1, 16)) * (0.5 + 0.5 * random.next())
}
