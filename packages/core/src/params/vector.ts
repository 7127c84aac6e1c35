/**
 * Arithmetic on flat parameter vectors. Every function is one pass of plain loops: about a millisecond for a
 * million floats. Vectors of one call have equal lengths; sums are kept in double precision.
 */

/** The L2 norm ||a||. */
export function norm(a: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0
    sum += x * x
  }
  return Math.sqrt(sum)
}

/** The L2 distance ||a - b||. */
export function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) {
    const x = (a[i] ?? 0) - (b[i] ?? 0)
    sum += x * x
  }
  return Math.sqrt(sum)
}

/** a - b, a new vector. */
export function difference(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  const result = new Float32Array(a.length)
  for (let i = 0; i < a.length; i++) result[i] = (a[i] ?? 0) - (b[i] ?? 0)
  return result
}

/** y += factor x, in place. */
export function axpy(y: Float32Array, factor: number, x: Float32Array): void {
  for (let i = 0; i < y.length; i++) y[i] = (y[i] ?? 0) + factor * (x[i] ?? 0)
}

/** a += share (b - a), in place: 0 leaves a, 1 makes it b. */
export function lerp(a: Float32Array, b: Float32Array, share: number): void {
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0
    a[i] = x + share * ((b[i] ?? 0) - x)
  }
}

/** Whether no element is NaN or infinite. */
export function allFinite(a: Float32Array): boolean {
  const words = new Int32Array(a.buffer, a.byteOffset, a.length)
  let overflow = 0
  // An exponent of all ones carries into the sign bit.
  for (let i = 0; i < words.length; i++) overflow |= ((words[i] ?? 0) & 0x7f800000) + 0x00800000
  return overflow >= 0
}

/**
 * 16 hex digits over the length and the exact bits (two FNV-1a hashes over 32-bit words): equal vectors give equal
 * digits, so that a test can compare whole runs. -0 differs from 0, and nothing here withstands an adversary.
 */
export function vectorHash(a: Float32Array): string {
  const words = new Uint32Array(a.buffer, a.byteOffset, a.length)
  let low = Math.imul(0x811c9dc5 ^ a.length, 0x01000193)
  let high = Math.imul(0x9747b28c ^ a.length, 0x01000193)
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0
    low = Math.imul(low ^ word, 0x01000193)
    high = Math.imul(high ^ ((word << 16) | (word >>> 16)), 0x01000193)
  }
  return hex(low) + hex(high)
}

/** Mixed once more, for the low bits of an FNV hash over words know nothing of the words' high bits. */
function hex(hash: number): string {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return ((mixed ^ (mixed >>> 13)) >>> 0).toString(16).padStart(8, '0')
}
