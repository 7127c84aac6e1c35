import type { TensorLayout } from '../ports.ts'
import { type TextSpec, vocabularySize } from './text.ts'

/**
 * A causal transformer (Vaswani et al. 2017, arXiv 1706.03762) with layer norm before each part (Xiong et al. 2020,
 * arXiv 2002.04745), learned positions, and an MLP of four times the width with GELU.
 */
export interface TransformerSpec {
  readonly kind: 'transformer'
  /** Values that stand for a token between blocks, 4 to 1024, a multiple of 4 times `heads`. */
  readonly width: number
  /** Attention heads of each block, 1 to 16; each sees width / heads values. */
  readonly heads: number
  /** 1 to 16. */
  readonly blocks: number
}

/** Hidden units of a block's MLP for each value of its width. */
export const expansion = 4

type Named = Omit<TensorLayout, 'dtype'>

const norm = (name: string, width: number): readonly Named[] => [
  { name: `${name}/gamma`, shape: [width] },
  { name: `${name}/beta`, shape: [width] },
]

const dense = (name: string, inputs: number, units: number): readonly Named[] => [
  { name: `${name}/kernel`, shape: [inputs, units] },
  { name: `${name}/bias`, shape: [units] },
]

/**
 * The tensors in layout order: token embedding and positions; for each block norm-1, attention (queries, keys and
 * values of all heads side by side), projection, norm-2, up, down; then the last norm, and the head that gives one
 * logit for each token of the vocabulary.
 */
export function transformerTensors(data: TextSpec, { width, blocks }: TransformerSpec): readonly Named[] {
  const tokens = vocabularySize(data)
  return [
    { name: 'embedding', shape: [tokens, width] },
    { name: 'positions', shape: [data.context, width] },
    ...Array.from({ length: blocks }, (_, block) => [
      ...norm(`${block}/norm-1`, width),
      ...dense(`${block}/attention`, width, 3 * width),
      ...dense(`${block}/projection`, width, width),
      ...norm(`${block}/norm-2`, width),
      ...dense(`${block}/up`, width, expansion * width),
      ...dense(`${block}/down`, expansion * width, width),
    ]).flat(),
    ...norm('norm', width),
    ...dense('head', width, tokens),
  ]
}

/**
 * Standard deviation of a tensor's initial values, where it is one of a transformer's: kernels have variance 1 / fan-in,
 * those that add to the residual stream divided by how many there are (Radford et al. 2019, section 2.3), so that the
 * stream keeps its size however many blocks there are, and the head begins near equal chances for all tokens.
 * Undefined for tensors of other models.
 */
export function transformerDeviation(
  { name, shape }: Named,
  { tensors }: { readonly tensors: readonly Named[] },
): number | undefined {
  const [inputs = 1] = shape
  if (name === 'embedding' || name === 'positions') return 0.1
  if (name === 'head/kernel') return 0.3 / Math.sqrt(inputs)
  if (isResidual(name))
    return 1 / Math.sqrt(inputs * tensors.filter((tensor) => isResidual(tensor.name)).length)
  return /\/(attention|up)\/kernel$/.test(name) ? 1 / Math.sqrt(inputs) : undefined
}

const isResidual = (name: string): boolean => /\/(projection|down)\/kernel$/.test(name)
