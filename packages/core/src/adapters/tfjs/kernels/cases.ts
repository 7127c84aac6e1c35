import { type backend_util, type Tensor, tensor } from '@tensorflow/tfjs-core'
import { normal, seededRandom } from '../../../lib/random.ts'
import { elements } from '../../../params/layout.ts'

/** What the kernels of every backend are tried on. */

export type Quad = [number, number, number, number]

export const noise = (shape: readonly number[], seed: number): Tensor => {
  const random = seededRandom(seed)
  return tensor(
    Float32Array.from({ length: elements(shape) }, () => normal(random)),
    [...shape],
  )
}

export interface ConvolutionCase {
  readonly input: Readonly<Quad>
  readonly filter: Readonly<Quad>
  readonly strides: number
  readonly pad: 'valid' | 'same' | backend_util.ExplicitPadding
}

/** Those of the presets first, then odd and small ones. */
export const convolutions: readonly ConvolutionCase[] = [
  { input: [4, 28, 28, 1], filter: [3, 3, 1, 16], strides: 1, pad: 'valid' },
  { input: [4, 13, 13, 16], filter: [3, 3, 16, 32], strides: 1, pad: 'valid' },
  { input: [1, 4, 5, 3], filter: [3, 3, 3, 5], strides: 1, pad: 'valid' },
  { input: [1, 3, 3, 1], filter: [3, 3, 1, 1], strides: 1, pad: 'valid' },
  { input: [2, 9, 7, 3], filter: [5, 3, 3, 6], strides: 1, pad: 'same' },
  { input: [9, 9, 7, 3], filter: [5, 5, 3, 6], strides: 1, pad: 'same' },
  { input: [3, 8, 11, 2], filter: [3, 3, 2, 7], strides: 2, pad: 'same' },
  { input: [10, 8, 8, 8], filter: [4, 4, 8, 12], strides: 2, pad: 'same' },
  { input: [2, 9, 9, 4], filter: [2, 4, 4, 4], strides: 3, pad: 'valid' },
  { input: [2, 9, 9, 4], filter: [2, 2, 4, 4], strides: 3, pad: 'valid' },
  { input: [2, 6, 6, 2], filter: [1, 1, 2, 3], strides: 1, pad: 'valid' },
  {
    input: [2, 5, 6, 2],
    filter: [3, 3, 2, 3],
    strides: 1,
    pad: [
      [0, 0],
      [2, 0],
      [1, 2],
      [0, 0],
    ],
  },
]

/** With one filter for each channel. */
export const depthwiseConvolutions: readonly ConvolutionCase[] = [
  { input: [3, 12, 12, 8], filter: [3, 3, 8, 1], strides: 1, pad: 'same' },
  { input: [1, 7, 9, 5], filter: [3, 2, 5, 1], strides: 2, pad: 'same' },
  { input: [1, 7, 9, 5], filter: [2, 2, 5, 1], strides: 2, pad: 'same' },
  { input: [33, 8, 7, 3], filter: [4, 4, 3, 1], strides: 1, pad: 'valid' },
  { input: [1, 9, 9, 17], filter: [3, 3, 17, 1], strides: 3, pad: 'valid' },
]

export const transpositions = [
  { transposeA: false, transposeB: false },
  { transposeA: true, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: true },
] as const

/** Axes before the matrices; rows, inner size and columns. */
export const products = [
  [[], 32, 784, 64],
  [[], 32, 10, 128],
  [[], 1, 5, 3],
  [[], 7, 1, 9],
  [[], 6, 300, 521],
  [[1], 3, 4, 5],
  [[1, 1], 5, 8, 12],
  [[3], 2, 7, 5],
  [[2, 4], 16, 12, 20],
  [[5, 1], 9, 8, 6],
] as const
