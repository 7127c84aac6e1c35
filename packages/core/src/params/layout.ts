import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Layout, TensorLayout } from '../ports.ts'

/** The layout of tensors in the order given. */
export function layoutOf(tensors: readonly Omit<TensorLayout, 'dtype'>[]): Layout {
  const complete = tensors.map(({ name, shape }) => ({ name, shape: [...shape], dtype: 'float32' as const }))
  const canonical = JSON.stringify(complete.map(({ name, shape, dtype }) => [name, shape, dtype]))
  return {
    tensors: complete,
    size: complete.reduce((sum, { shape }) => sum + elements(shape), 0),
    fingerprint: bytesToHex(sha256(utf8ToBytes(canonical))).slice(0, 16),
  }
}

/** Number of elements of a shape; 1 for a scalar. */
export const elements = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1)
