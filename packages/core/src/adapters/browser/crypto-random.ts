import type { Random } from '../../ports.ts'

const drawnAtOnce = 256

/** Numbers with 53 random bits from the operating system's generator: nobody can guess the next one. */
export function cryptoRandom(): Random {
  const words = new Uint32Array(2 * drawnAtOnce)
  let used = words.length
  return {
    next() {
      if (used === words.length) {
        crypto.getRandomValues(words)
        used = 0
      }
      const high = (words[used++] ?? 0) >>> 5
      const low = (words[used++] ?? 0) >>> 6
      return (high * 2 ** 26 + low) / 2 ** 53
    },
  }
}
