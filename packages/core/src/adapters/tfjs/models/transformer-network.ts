import {
  add,
  cast,
  gather,
  oneHot,
  ones,
  type Rank,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core'
import type { TransformerSpec } from '../../../task/transformer.ts'
import type { Arithmetic } from '../arithmetic/arithmetic.ts'
import { type Attended, type CausalAttention, plainAttention } from './causal-attention.ts'
import { type Activated, gelu, geluGradient } from './gelu.ts'
import type { Network } from './network.ts'
import { layerNorm, layerNormGradients, type Normed, normEpsilon } from './row-norm.ts'

/** Tensors of one block, in layout order. */
const blockTensors = 12

/** What one block saw on the way forward. */
interface BlockPass {
  readonly before: Normed
  readonly attended: Attended
  readonly between: Normed
  readonly up: Activated
}

/** What all of it saw. */
interface Pass {
  readonly blocks: readonly BlockPass[]
  readonly last: Normed
  /** [rows, tokens] */
  readonly logits: Tensor2D
}

/**
 * The transformer of `transformerTensors` as a network: inputs [windows, context] are token numbers, logits have a row
 * for each position, [windows * context, tokens].
 */
export function transformerNetwork(
  { heads, blocks }: TransformerSpec,
  arithmetic: Arithmetic,
  attention: CausalAttention = plainAttention,
): Network {
  const dense = (x: Tensor2D, [kernel, bias]: readonly Tensor[]): Tensor2D =>
    arithmetic.dense(x, kernel as Tensor2D, bias as Tensor1D, 'linear')

  function forward(params: readonly Tensor[], tokens: Tensor1D, context: number): Pass {
    const [embedding, positions] = params as readonly [Tensor2D, Tensor2D]
    const width = embedding.shape[1]
    const windows = tokens.size / context
    const found = reshape<Rank.R3>(gather(embedding, tokens), [windows, context, width])
    let x = reshape<Rank.R2>(add(found, positions), [tokens.size, width])
    const passes: BlockPass[] = []
    for (let block = 0; block < blocks; block++) {
      const own = params.slice(2 + block * blockTensors, 2 + (block + 1) * blockTensors)
      const before = normOf(x, own.slice(0, 2))
      const attended = attention(dense(before.output, own.slice(2, 4)), { heads, context })
      const middle = add<Tensor2D>(x, dense(attended.output, own.slice(4, 6)))
      const between = normOf(middle, own.slice(6, 8))
      const up = gelu(dense(between.output, own.slice(8, 10)))
      x = add<Tensor2D>(middle, dense(up.output, own.slice(10, 12)))
      passes.push({ before, attended, between, up })
    }
    const last = normOf(x, params.slice(-4, -2))
    return { blocks: passes, last, logits: dense(last.output, params.slice(-2)) }
  }

  /** Gradients of a dense layer's own tensors, and at its input. */
  function back(input: Tensor2D, delta: Tensor2D, kernel: Tensor | undefined, row: Tensor2D) {
    return {
      own: ownGradients(input, delta, row),
      input: arithmetic.productTransposed(delta, kernel as Tensor2D),
    }
  }

  /** The product transposes what stands left, which takes a while for many rows: let that be the narrower one. */
  function ownGradients(input: Tensor2D, delta: Tensor2D, row: Tensor2D): readonly [Tensor, Tensor] {
    if (input.shape[1] > delta.shape[1])
      return [transpose(arithmetic.denseGradients(delta, input, row).kernel), arithmetic.rowSums(delta)]
    const { kernel, bias } = arithmetic.denseGradients(input, delta, row)
    return [kernel, bias]
  }

  const normBack = (seen: Normed, gain: Tensor | undefined, delta: Tensor2D) => {
    const { input, ...own } = layerNormGradients(seen, gain as Tensor, delta, arithmetic)
    return { input, own: [own.gain, own.bias] as const }
  }

  return {
    outputs: (params, inputs) => forward(params, tokensOf(inputs), inputs.shape[1]).logits,
    gradients: (params, { inputs, wanted, adjustment }) => {
      const [windows, context] = inputs.shape
      const tokens = tokensOf(inputs)
      const row = ones<Rank.R2>([1, tokens.size])
      const shifted =
        adjustment === undefined
          ? params
          : params.map((param, i) => (i === params.length - 1 ? add<Tensor>(param, adjustment) : param))
      const { blocks: passes, last, logits } = forward(shifted, tokens, context)

      const head = back(last.output, sub(arithmetic.softmax(logits), wanted), params.at(-2), row)
      const lastNorm = normBack(last, params.at(-4), head.input)
      const gradients: Tensor[] = [...lastNorm.own, ...head.own]
      let delta = lastNorm.input
      for (const [block, { before, attended, between, up }] of [...passes.entries()].reverse()) {
        const at = 2 + block * blockTensors
        const down = back(up.output, delta, params[at + 10], row)
        const raised = back(between.output, geluGradient(up, down.input), params[at + 8], row)
        const lower = normBack(between, params[at + 6], raised.input)
        const middle = add<Tensor2D>(delta, lower.input)
        const projection = back(attended.output, middle, params[at + 4], row)
        const seen = back(before.output, attended.back(projection.input), params[at + 2], row)
        const upper = normBack(before, params[at], seen.input)
        delta = add<Tensor2D>(middle, upper.input)
        gradients.unshift(
          ...upper.own,
          ...seen.own,
          ...projection.own,
          ...lower.own,
          ...raised.own,
          ...down.own,
        )
      }
      const [vocabulary, width] = (params[0] as Tensor2D).shape
      // A product with one-hot rows: every backend has it, and adds up what the same token gathers.
      const [embedding] = ownGradients(cast(oneHot(tokens, vocabulary), 'float32') as Tensor2D, delta, row)
      const positions: Tensor = sum(reshape<Rank.R3>(delta, [windows, context, width]), 0)
      return { outputs: logits, gradients: [embedding, positions, ...gradients] }
    },
  }
}

const tokensOf = (inputs: Tensor2D): Tensor1D => reshape<Rank.R1>(cast(inputs, 'int32'), [inputs.size])

const normOf = (x: Tensor2D, [gain, bias]: readonly Tensor[]): Normed =>
  layerNorm(x, gain as Tensor, bias as Tensor, normEpsilon)
