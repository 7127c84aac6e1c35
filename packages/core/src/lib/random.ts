import type { Random } from '../ports.ts'

/**
 * A generator of the sfc32 family: a 128-bit state, passes PractRand; repeatable, never for secrets.
 * Equal seeds give equal sequences on every engine. Any finite number is a seed; it is taken modulo 2^32.
 */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9 | 0
  let b = 0x243f6a88 | 0
  let c = 0xb7e15162 | 0
  let counter = seed | 0
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 16; i++) next()
  return { next }
}

/** An integer in [0, below). */
export const integer = (random: Random, below: number): number => Math.floor(random.next() * below)

/** Standard normal, by Box and Muller's transform. */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
  return radius * Math.cos(2 * Math.PI * random.next())
}

/** Shuffles in place (Fisher and Yates) and returns the same array. */
export function shuffle<T extends { [index: number]: number; length: number } | unknown[]>(
  items: T,
  random: Random,
): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = integer(random, i + 1)
    const held = items[i]
    items[i] = items[j] as never
    items[j] = held as never
  }
  return items
}

/** A new seed derived from a seed and a label, so that independent streams do not run in step. */
export function derivedSeed(seed: number, label: string): number {
  let hash = (seed ^ 0x811c9dc5) | 0
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
