import { plainVectorLoops } from './plain-vector-loops.ts'
import { simdVectorLoops } from './simd-vector-loops.ts'
import type { VectorLoops } from './vector-loops.ts'

/**
 * Arithmetic on flat parameter vectors, in WebAssembly where there is SIMD. Vectors of one call have equal lengths;
 * elements are floats at every step, sums are doubles.
 */

const loops = simdVectorLoops() ?? plainVectorLoops

/** The L2 norm ||a||. */
export const norm = (a: Float32Array): number => Math.sqrt(loops.squares(a))

/** The L2 distance ||a - b||. */
export const distance = (a: Float32Array, b: Float32Array): number => Math.sqrt(loops.squaresBetween(a, b))

/** a -= b, in place; the answer is ||a - b||. */
export const subtract = (a: Float32Array, b: Float32Array): number => Math.sqrt(loops.subtract(a, b))

/** a - b, a new vector. */
export function difference(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  const result = new Float32Array(a)
  loops.subtract(result, b)
  return result
}

/** Of a and c = a + b the inner products a.c, a.a and c.c. */
export const products: VectorLoops['products'] = loops.products

/** y += factor x, in place. */
export const axpy: VectorLoops['axpy'] = loops.axpy

/** a += share (b - a), in place: 0 leaves a, 1 makes it b but for rounding. */
export const lerp: VectorLoops['lerp'] = loops.lerp

/** With moved = scale d, both in place: follower += serving (reference + moved - follower), d = share moved. */
export const move: VectorLoops['move'] = loops.move

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
