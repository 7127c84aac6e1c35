import {
  add,
  matMul,
  mul,
  type Rank,
  reshape,
  softmax,
  split,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  transpose,
} from '@tensorflow/tfjs-core'

export interface AttentionShape {
  readonly heads: number
  /** Rows that belong together: a window. */
  readonly context: number
}

/** What a backward pass needs to see again. */
export interface Attended {
  /** [rows, width] */
  readonly output: Tensor2D
  /** Gradient at the queries, keys and values, of the gradient at the output. */
  back(delta: Tensor2D): Tensor2D
}

/**
 * Causal attention of several heads: softmax(q k^T / sqrt(d)) v, where a token sees itself and those before it in its
 * window. Takes queries, keys and values of all heads side by side, [rows, 3 width].
 */
export type CausalAttention = (qkv: Tensor2D, shape: AttentionShape) => Attended

const unseen = -1e9

/** As a row of tfjs operations, for every backend. */
export const plainAttention: CausalAttention = (qkv, { heads, context }) => {
  const [rows, columns] = qkv.shape
  const windows = rows / context
  const width = columns / 3
  const each = width / heads
  const factor = 1 / Math.sqrt(each)
  const apart = (x: Tensor2D, parts: number): Tensor3D[] => {
    const split5 = transpose(reshape<Rank.R5>(x, [windows, context, parts, heads, each]), [2, 0, 3, 1, 4])
    return split(reshape<Rank.R3>(split5, [parts * windows * heads, context, each]), parts)
  }
  const together = (parts: readonly Tensor3D[]): Tensor2D => {
    const all = reshape<Rank.R5>(stack([...parts]), [parts.length, windows, heads, context, each])
    return reshape<Rank.R2>(transpose(all, [1, 3, 0, 2, 4]), [rows, parts.length * width])
  }
  const [q, k, v] = apart(qkv, 3) as [Tensor3D, Tensor3D, Tensor3D]
  const mask = tensor2d(
    Float32Array.from({ length: context * context }, (_, i) =>
      i % context > Math.floor(i / context) ? unseen : 0,
    ),
    [context, context],
  )
  const scores = add(mul(matMul<Tensor3D>(q, k, false, true), factor), mask) as Tensor3D
  const shares = softmax(scores)
  return {
    output: together([matMul<Tensor3D>(shares, v)]),
    back: (delta) => {
      const [error] = apart(delta, 1) as [Tensor3D]
      const slope = matMul<Tensor3D>(error, v, false, true)
      const mean: Tensor = sum(mul(shares, slope), 2, true)
      const inner = mul(mul(shares, sub(slope, mean)), factor) as Tensor3D
      return together([
        matMul<Tensor3D>(inner, k),
        matMul<Tensor3D>(inner, q, true, false),
        matMul<Tensor3D>(shares, error, true, false),
      ])
    },
  }
}
